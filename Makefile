# The portal's commands. Set-up steps are files: each runs when it is due and costs nothing when it is not.
# Registries are whatever this machine is configured for (pip.conf, npmrc, environment); none is named here.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# The first of these that is Python 3.11; empty where there is none, and scripts/setup.sh says so.
SETUP = sh scripts/setup.sh
PY := .venv/bin/python
STEPS := 5
ASSETS := $(shell find assets -mindepth 1 2>/dev/null)

.PHONY: help
help: ## 列出命令 List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: .venv/.run static/dist/.built ## 启动示例城市 Start the portal with a sample city (PORT=8000)
	@exec $(PY) manage.py portal

.PHONY: test
test: STEPS := 6
test: .venv/.dev node_modules/.dev static/dist/.built programs ## 全部检查和测试 Lint, types, contracts, the whole suite
	@exec $(PY) scripts/run_checks.py

.PHONY: lint
lint: .venv/.dev ## 代码检查 Lint, types and import contracts only
	@exec $(PY) scripts/run_checks.py --lint

FAULTS := tests/faults tests/complaints/api/test_flood.py -m "fault or not fault" --timeout 400 -q
.PHONY: faults
faults: STEPS := 6
faults: .venv/.dev static/dist/.built programs ## 故障测试 Break queue, workers, sinks and databases, on both databases
	@TEST_DATABASE=sqlite TEST_SUBMISSIONS=1000 .venv/bin/pytest $(FAULTS)
	@TEST_DATABASE=postgres TEST_SUBMISSIONS=1000 .venv/bin/pytest $(FAULTS)

.PHONY: bench
bench: STEPS := 6
bench: .venv/.dev static/dist/.built programs ## 性能测量 What the pages cost, on both databases, up to a million cases
	@exec $(PY) -m scripts.bench

.PHONY: lighthouse
lighthouse: STEPS := 6
lighthouse: .venv/.dev node_modules/.dev static/dist/.built programs ## 网页质量 Lighthouse on the pages of residents
	@exec $(PY) scripts/lighthouse.py

.PHONY: assets
assets: static/dist/.built ## 生成样式和脚本 Build the front end

.PHONY: screenshots
screenshots: STEPS := 6
screenshots: .venv/.dev static/dist/.built programs ## 页面截图 Take a picture of every page
	@exec $(PY) scripts/screenshots.py

.PHONY: lock
lock: .tools/uv/bin/uv .tools/bin/node ## 更新依赖锁定 Lock the newest allowed versions again
	@$(SETUP) lock

.PHONY: clean
clean: ## 删除生成的文件，保留 var/ 的数据 Remove what was built; keeps the data in var/
	@rm -rf .venv .tools node_modules static/dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up ---

.PHONY: programs
programs: .venv/.dev
	@$(PY) -m tests.harness.programs "[6/$(STEPS)]"

.tools/uv/bin/uv: requirements/uv.txt
	@$(SETUP) uv "[1/$(STEPS)]"

.venv/.run: requirements/run.txt .tools/uv/bin/uv
	@$(SETUP) packages "[2/$(STEPS)]" run

.venv/.dev: requirements/dev.txt .tools/uv/bin/uv
	@$(SETUP) packages "[2/$(STEPS)]" dev

.tools/bin/node: requirements/node.txt .tools/uv/bin/uv
	@$(SETUP) node "[3/$(STEPS)]"

node_modules/.run: package-lock.json .tools/bin/node
	@$(SETUP) npm "[4/$(STEPS)]" run

node_modules/.dev: package-lock.json .tools/bin/node
	@$(SETUP) npm "[4/$(STEPS)]" dev

static/dist/.built: $(ASSETS) scripts/build_assets.mjs node_modules/.run
	@$(SETUP) assets "[5/$(STEPS)]"
