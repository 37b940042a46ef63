from grids.views.public import city_map, detail, my_grid
from grids.views.staff import coverage, edit, export, grid_list, import_page, import_template

__all__ = [
    "city_map",
    "coverage",
    "detail",
    "edit",
    "export",
    "grid_list",
    "import_page",
    "import_template",
    "my_grid",
]
