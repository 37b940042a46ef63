from grids.views.editing import edit, end, helper, lead, new, retire
from grids.views.importing import export, import_cancel, import_page, import_preview, import_template
from grids.views.public import city_map, detail, my_grid
from grids.views.staff import areas, coverage, grid_list

__all__ = [
    "areas",
    "city_map",
    "coverage",
    "detail",
    "edit",
    "end",
    "export",
    "grid_list",
    "helper",
    "import_cancel",
    "import_page",
    "import_preview",
    "import_template",
    "lead",
    "my_grid",
    "new",
    "retire",
]
