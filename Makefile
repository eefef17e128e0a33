# Short names for what CONTRIBUTING.md describes, run in the active virtual environment.

.PHONY: check test drills app picture table format space-check pythons

check:
	ruff check .
	ruff format --check .
	mypy
	lint-imports

test:
	python -m pytest

drills:
	python -m pytest --loadscope-reorder -m drill

app:
	python app.py

picture:
	python assets/pictures/make.py

table:
	python assets/tables/make.py

format:
	ruff check --fix .
	ruff format .

space-check:
	python -m tests.space_check

pythons:
	python -m tests.pythons
