// node scripts/lighthouse.mjs CHROMIUM ADDRESS…: a line of four scores for each address; exits with 1 where one is low.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const LEAST = 95;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=zh-CN"];

const [chromePath, ...addresses] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: FLAGS, ignoreDefaultFlags: true });
try {
  for (const address of addresses) {
    const { lhr } = await lighthouse(address, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error" });
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
