// node scripts/lighthouse.mjs CHROMIUM ADDRESS…: a line of four scores for each address; exits with 1 where one is low.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const LEAST = 95;
const ATTEMPTS = 4;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
// Nobody looks at the report's picture of the page.
const OPTIONS = { onlyCategories: CATEGORIES, disableFullPageScreenshot: true, logLevel: "silent" };
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=zh-CN"];

// A score that is null is none: now and then Lighthouse stumbles over a trace of a Chromium newer than itself.
async function measured(address) {
  for (let attempt = 1; ; attempt += 1) {
    const { lhr } = await lighthouse(address, { port: chrome.port, ...OPTIONS });
    const isWhole = CATEGORIES.every((name) => lhr.categories[name].score !== null);
    if (isWhole || attempt === ATTEMPTS) return lhr;
  }
}

const [chromePath, ...addresses] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: FLAGS, ignoreDefaultFlags: true });
try {
  for (const address of addresses) {
    const lhr = await measured(address);
    const scores = CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)]);
    console.log(`${new URL(lhr.finalDisplayedUrl).pathname}  ${scores.map(([name, score]) => `${name} ${score}`).join("  ")}`);
    for (const [name, score] of scores.filter(([, score]) => score < LEAST)) {
      process.exitCode = 1;
      const lost = lhr.categories[name].auditRefs.map((ref) => lhr.audits[ref.id]).filter((audit) => audit.score !== null && audit.score < 0.9);
      for (const audit of lost) console.log(`    ${name} ${score}: ${audit.id} ${audit.displayValue ?? ""}`);
    }
  }
} finally {
  chrome.kill();
}
