from django import forms


class AgainForm(forms.Form):
    """Why a frozen report is to be built again."""

    reason = forms.CharField(
        label="为什么重出",
        max_length=200,
        help_text="写清更正了什么，会印在新版本上。旧版本保留不动。",
        error_messages={
            "required": "为什么重出：写一句，比如“更正了示例单位 03 的旗”。",
            "max_length": "为什么重出：最多 200 个字，现在是 %(show_value)d 个。",
        },
    )


class ScreenForm(forms.Form):
    """A big screen that gets a link of its own."""

    name = forms.CharField(
        label="放在哪里",
        max_length=40,
        help_text="比如：指挥中心大厅。",
        error_messages={
            "required": "放在哪里：写一句，停用时好认。",
            "max_length": "放在哪里：最多 40 个字，现在是 %(show_value)d 个。",
        },
    )
