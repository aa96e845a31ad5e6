"""Forms of what the vault keeps. A key is typed here and never shown again."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget

from accounts.owned_admin import OwnedForm
from bots import vault
from bots.models import Provider, Secret


def password_field(label: str) -> forms.CharField:
    """One line whose value is never sent back, not even after an error."""
    return forms.CharField(
        label=label, required=False,
        widget=forms.PasswordInput(attrs={"class": "vTextField", "autocomplete": "new-password", "spellcheck": "false"}),
    )  # fmt: skip


class VaultForm(OwnedForm):
    """Puts the refusals of the vault at their fields."""

    extra: ClassVar[tuple[str, ...]] = ()  # fields that the model has not

    def clean(self) -> dict[str, Any]:
        """The checks of the domain function."""
        extra = {name: self.cleaned_data.pop(name) for name in self.extra if name in self.cleaned_data}
        super().clean()
        fields = dict(self.cleaned_data)
        self.cleaned_data |= extra
        try:
            self.cleaned_data |= self.checked(fields, **extra)
        except forms.ValidationError as error:
            for name, messages in error.message_dict.items():
                if name not in self.errors:
                    self.add_error(name, messages)
        return self.cleaned_data

    def checked(self, fields: dict[str, Any], **extra: Any) -> dict[str, Any]:
        """What the vault makes of the fields; raises ``ValidationError``."""
        raise NotImplementedError


class ProviderForm(VaultForm):
    """An API with language models."""

    new_key = password_field("Key")
    clear_key = forms.BooleanField(label="Forget the key", required=False)
    extra = ("new_key", "clear_key")

    class Meta:
        model = Provider
        fields = ["alias", "kind", "base_url", "moderation_model", "shared", "name", "description", "meta"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alias"].required = True
        self.fields["alias"].help_text = "What models are named by: with the alias openai, a bot’s model is openai:gpt-5-mini. Lower-case letters, digits, - and _."
        self.fields["base_url"].label = "Base URL"
        self.fields["base_url"].help_text = "Where the API is, up to /v1, for example https://api.mistral.ai/v1. Empty: the service’s own."
        if self.instance.key:
            self.fields["new_key"].help_text = "A key is set, and is not shown. Leave this empty to keep it."
        else:
            self.fields["new_key"].help_text = "No key is set. Servers such as Ollama need none."
            del self.fields["clear_key"]

    def checked(self, fields: dict[str, Any], **extra: Any) -> dict[str, Any]:
        """As the vault sees it; who asks may share."""
        key, clear = extra.get("new_key", ""), extra.get("clear_key", False)
        return vault.clean_provider(self.instance, fields, key, clear, self.maker)


class SecretForm(VaultForm):
    """Something that abilities send."""

    new_value = password_field("Value")
    extra = ("new_value",)

    class Meta:
        model = Secret
        fields = ["alias", "hosts", "name", "description", "meta"]
        widgets = {"hosts": AdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alias"].required = True
        self.fields["alias"].help_text = "What abilities name it by. Lower-case letters, digits, - and _."
        if self.instance.value:
            self.fields["new_value"].help_text = "A value is set, and is not shown. Leave this empty to keep it."
        else:
            self.fields["new_value"].required = True
            self.fields["new_value"].help_text = "It is not shown again."

    def checked(self, fields: dict[str, Any], **extra: Any) -> dict[str, Any]:
        """As the vault sees it."""
        return vault.clean_secret(self.instance, fields, extra.get("new_value", ""))
