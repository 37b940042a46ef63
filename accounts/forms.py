"""What the pages of accounts send. Every message names its field and says what to do."""

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from accounts.actions import Post
from accounts.models import ApiToken, Leader, Role, SpecialGroup, Unit, User

PHONE = RegexValidator(r"^\+?[0-9][0-9 -]{4,18}$", "联络电话只写数字，可以带区号和短横线，如 0457-2880000。")


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "用户名或密码不对。请看清大小写，再输一次。",
        "inactive": "用户名或密码不对。请看清大小写，再输一次。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.label, name.error_messages["required"] = "用户名", "请填用户名。"
        password.label, password.error_messages["required"] = "密码", "请填密码。"


class CodeForm(forms.Form):
    """Six digits from an authenticator app, typed with spaces or in full width or not."""

    code = forms.CharField(
        label="动态口令",
        max_length=20,
        error_messages={"required": "请填 6 位动态口令。", "max_length": "动态口令是 6 位数字。"},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w-4 code-field"}
        ),
    )

    def clean_code(self) -> str:
        code = re.sub(r"\s", "", unicodedata.normalize("NFKC", self.cleaned_data["code"]))
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError(f"动态口令是 6 位数字，现在是 {len(code)} 个字。")
        return code


class OwnPasswordForm(forms.Form):
    """The password once more, before a step that a stranger at an open screen must not take."""

    password = forms.CharField(
        label="现在的密码",
        strip=False,
        error_messages={"required": "请填现在的密码。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError("密码不对，请再输一次。")
        return password


class NewPasswordForm(PasswordChangeForm):
    error_messages = {
        "password_mismatch": "再输一次新密码时和上面的不一样，请重输。",
        "password_incorrect": "现在的密码不对，请再输一次。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"old_password": "现在的密码", "new_password1": "新密码", "new_password2": "再输一次新密码"}
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].help_text = ""  # the rules stand beside the form
            self.fields[name].error_messages["required"] = f"请填{label}。"
            self.fields[name].widget.attrs.pop("autofocus", None)

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError("新密码要和现在的不一样。")
        return password


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A person's account. Of unit, group and leader only what the role needs is taken."""

    NEEDS = {Role.LIAISON: "unit", Role.GROUP_HEAD: "group", Role.LEADER: "leader"}

    class Meta:
        model = User
        fields = ["name", "username", "role", "unit", "is_unit_head", "group", "leader", "is_active"]
        labels = {"username": "用户名", "unit": "所属单位", "is_active": "在用"}
        help_texts = {
            "username": "登录时用，建好后不能改。字母、数字和 . _ - 都可以。",
            "is_unit_head": "案件超时没有办结，第二天报给他。没有勾选谁，就仍提醒联络员。",
            "is_active": "停用后马上退出登录，不能再登录。",
        }
        error_messages = {
            "username": {
                "required": "请填用户名。",
                "unique": "这个用户名已经有人用了，请换一个。",
                "invalid": "用户名里只能有字母、数字和 @ . + - _ 这几种符号。",
                "max_length": "用户名最多 150 个字。",
            },
            "name": {"required": "请填姓名。", "max_length": "姓名最多 40 个字。"},
            "role": {"required": "请选角色。"},
            "leader": {"unique": "这位领导已经有账号了。"},
        }

    def __init__(self, *args: Any, post_is_fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.post_is_fixed = post_is_fixed
        self._offer_active()
        self.fields["username"].widget.attrs.update(autocomplete="off", autocapitalize="none", spellcheck="false")
        if self.instance.pk:
            del self.fields["username"]
        else:
            del self.fields["is_active"]
        if post_is_fixed:
            for name in ("role", "unit", "is_unit_head", "group", "leader", "is_active"):
                self.fields[name].disabled = True

    def _offer_active(self) -> None:
        """Only what is in use may be chosen, and what the person already has."""
        kept = self.instance
        units = Unit.objects.filter(is_active=True) | Unit.objects.filter(pk=kept.unit_id)
        leaders = Leader.objects.filter(is_active=True) | Leader.objects.filter(pk=kept.leader_id)
        for name, choices in {"unit": units, "group": SpecialGroup.objects.all(), "leader": leaders}.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- they are foreign keys of the model
            field.queryset, field.empty_label = choices, "请选择"
        role = self.fields["role"]
        assert isinstance(role, forms.TypedChoiceField)  # noqa: S101 -- it has choices
        role.choices = [("", "请选择"), *Role.choices]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.post_is_fixed:
            return given
        needed = self.NEEDS.get(given.get("role", ""))
        given["is_unit_head"] = bool(given.get("is_unit_head")) and needed == "unit"
        for name in self.NEEDS.values():
            if name != needed:
                given[name] = None
                self.errors.pop(name, None)
            elif not given.get(name) and name not in self.errors:
                self.add_error(name, f"{Role(given['role']).label}要有{self.fields[name].label}，请选一个。")
        return given

    def post(self) -> Post:
        given = self.cleaned_data
        return Post(given["role"], given["unit"], given["group"], given["leader"], given["is_unit_head"])


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    contact_phone = forms.CharField(
        label="联络电话",
        help_text="可不填。",
        required=False,
        max_length=20,
        validators=[PHONE],
        error_messages={"max_length": "联络电话最多 20 个字。"},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "w-11"}),
    )
    headcount = forms.IntegerField(
        label="在职人数",
        min_value=0,
        max_value=100_000,
        error_messages={
            "required": "请填在职人数，没有就填 0。",
            "invalid": "在职人数写整数，如 23。",
            "min_value": "在职人数不能小于 0。",
            "max_value": "在职人数太大，请再看一下。",
        },
        widget=forms.NumberInput(attrs={"class": "w-4"}),
    )

    class Meta:
        model = Unit
        fields = ["headcount", "contact_name", "contact_phone", "is_active"]
        help_texts = {
            "contact_name": "可不填。",
            "is_active": "停用后，历史都保留；新建账号时不能再选它。",
        }
        error_messages = {"contact_name": {"max_length": "联络员最多 40 个字。"}}


class UserFilterForm(forms.Form):
    """The tool bar of the list of users; what makes no sense is ignored."""

    q = forms.CharField(required=False, max_length=60)
    role = forms.ChoiceField(required=False, choices=[("", "全部角色"), *Role.choices])
    unit = forms.ModelChoiceField(Unit.objects.all(), required=False, to_field_name="code", empty_label="全部单位")
    state = forms.ChoiceField(required=False, choices=[("", "在用和停用"), ("active", "在用"), ("inactive", "停用")])


class UnitFilterForm(forms.Form):
    q = forms.CharField(required=False, max_length=60)
    kind = forms.ChoiceField(required=False, choices=[("", "全部性质"), *Unit.Kind.choices])


class TokenForm(forms.Form):
    """A key for a program. A staff key takes what its person may do; a client's only files."""

    name = forms.CharField(
        label="名称",
        max_length=40,
        help_text="哪个程序用，如 掌上漠河。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填名称，写清楚哪个程序用。", "max_length": "名称最多 40 个字。"},
    )
    kind = forms.ChoiceField(
        label="给谁用",
        choices=[
            (ApiToken.Kind.CLIENT, "程序：替居民提交反映，看不到案件"),
            (ApiToken.Kind.STAFF, "工作人员：以本人身份办事"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选给谁用。", "invalid_choice": "给谁用，请从列出的里面选。"},
    )
    username = forms.CharField(
        label="工作人员的用户名",
        required=False,
        max_length=150,
        help_text="给工作人员用时才填。本人停用后密钥跟着失效。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    allowed = forms.MultipleChoiceField(
        label="可以做什么",
        choices=[(scope, ApiToken.Scope(scope).label) for scope in ApiToken.SCOPES[ApiToken.Kind.STAFF]],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="给工作人员用时才选。本人没有的权限，选了也没有。",
        error_messages={"invalid_choice": "可以做什么，请从列出的里面选。"},
    )

    user: User | None = None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("kind") != ApiToken.Kind.STAFF or "username" in self.errors:
            return given
        self.user = User.objects.filter(username=given.get("username", "").strip(), is_active=True).first()
        if self.user is None:
            self.add_error("username", "没有找到这个用户名的在用账号，请再看一遍。")
        if not given.get("allowed") and "allowed" not in self.errors:
            self.add_error("allowed", "可以做什么，至少选一项。")
        return given

    def scopes(self) -> list[str]:
        given = self.cleaned_data
        if given["kind"] == ApiToken.Kind.CLIENT:
            return [ApiToken.Scope.FILE]
        return list(given["allowed"])
