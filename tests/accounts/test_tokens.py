import pytest

from accounts import actions
from accounts.models import ApiToken, Role
from accounts.tokens import WRONG_KEYS_PER_CLIENT
from audit.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY

TOKENS = "/workbench/tokens/"
LIST = "/api/v1/complaints/"
CLIENT = {"name": "掌上漠河", "kind": "client"}


@pytest.fixture
def administrator(client, db):
    person = UserFactory(role=Role.ADMINISTRATOR, username="admin1")
    client.force_login(person)
    return person


def issued(user, scopes=(ApiToken.Scope.READ,)):
    return actions.issue_token(name="报表", kind="staff", user=user, scopes=list(scopes), by=user, at=MONDAY)


def read(client, key):
    client.logout()
    return client.get(LIST, headers={"Authorization": f"Token {key}"})


def test_a_key_is_shown_once_and_kept_as_a_digest(client, administrator):
    answer = client.post(TOKENS + "new/", CLIENT)
    key = answer.context["issued"].key

    token = ApiToken.objects.get()
    assert key in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert key not in f"{token.key_digest} {client.get(TOKENS).content.decode()}"
    assert (token.scopes, token.created_by) == (["complaints:file"], administrator)
    assert "掌上漠河" in client.get(TOKENS).content.decode()


def test_a_key_for_one_of_the_staff_does_what_that_person_may(client, administrator):
    UserFactory(username="office1")
    wanted = {"name": "报表", "kind": "staff", "username": "office1"}
    assert client.post(TOKENS + "new/", wanted).status_code == 422
    allowed = list(ApiToken.SCOPES[ApiToken.Kind.STAFF])
    answer = client.post(TOKENS + "new/", wanted | {"allowed": allowed})

    assert ApiToken.objects.get().scopes == sorted(allowed)
    assert "patrols:submit" in allowed
    assert read(client, answer.context["issued"].key).status_code == 200


@pytest.mark.parametrize("changes", [{"name": ""}, {"kind": "robot"}, {"kind": "staff", "username": "nobody"}])
def test_what_is_missing_is_said_and_nothing_is_issued(client, administrator, changes):
    answer = client.post(TOKENS + "new/", CLIENT | changes)

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_a_revoked_key_opens_nothing(client, administrator):
    key = issued(administrator).key
    token = ApiToken.objects.get()

    client.post(f"{TOKENS}{token.pk}/revoke/")
    client.post(f"{TOKENS}{token.pk}/revoke/")

    assert "已停用" in client.get(TOKENS).content.decode()
    assert read(client, key).status_code == 401


def test_a_key_ends_with_the_account_of_its_person(client, db):
    person = UserFactory()
    key = issued(person).key
    assert read(client, key).status_code == 200

    person.is_active = False
    person.save()

    assert read(client, key).status_code == 401


def test_every_key_that_opens_nothing_is_answered_alike(client, db):
    person = UserFactory(is_active=False)
    answers = [read(client, key) for key in (issued(person).key, "nonsense", "", "\xff")]

    assert {(a.status_code, a.json()["detail"]) for a in answers} == {(401, answers[0].json()["detail"])}


def test_guessing_keys_is_stopped(client, db):
    told = [read(client, f"guess-{n}").status_code for n in range(WRONG_KEYS_PER_CLIENT.most + 1)]

    assert told == [401] * WRONG_KEYS_PER_CLIENT.most + [429]


def test_the_last_use_is_remembered(client, db):
    key = issued(UserFactory()).key
    assert ApiToken.objects.get().last_used_at is None

    read(client, key)

    assert ApiToken.objects.get().last_used_at


def test_issuing_and_revoking_stand_in_the_audit_log_without_the_key(client, administrator):
    answer = client.post(TOKENS + "new/", CLIENT)
    client.post(f"{TOKENS}{ApiToken.objects.get().pk}/revoke/")

    entries = list(Entry.objects.filter(verb__contains="接口密钥").order_by("pk"))
    assert [entry.verb for entry in entries] == ["发放接口密钥", "停用接口密钥"]
    assert answer.context["issued"].key not in "".join(str(entry.facts) for entry in entries)
