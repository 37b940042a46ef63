"""People and where they belong. Numbers are as wide as any run makes them: lists go by code or by name."""

import factory

from accounts.models import Leader, Role, SpecialGroup, Unit, User

PASSWORD = "Larch-2026"


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    code = factory.Sequence(lambda n: f"U{n:05}")
    name = factory.Sequence(lambda n: f"示例单位 {n:05}")
    kind = Unit.Kind.PARTY_AND_GOVERNMENT
    headcount = 20


class SpecialGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SpecialGroup

    code = factory.Sequence(lambda n: f"group-{n:05}")
    name = factory.Sequence(lambda n: f"示例专项组 {n:05}")
    position = factory.Sequence(lambda n: n)


class LeaderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Leader

    code = factory.Sequence(lambda n: f"L{n:05}")
    name = factory.Sequence(lambda n: f"示例领导 {n:05}")


class UserFactory(factory.django.DjangoModelFactory):
    """A signed-up person; a member of the creation office unless a trait says otherwise."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        liaison = factory.Trait(role=Role.LIAISON, unit=factory.SubFactory(UnitFactory))
        group_head = factory.Trait(role=Role.GROUP_HEAD, group=factory.SubFactory(SpecialGroupFactory))

    username = factory.Sequence(lambda n: f"user{n:05}")
    name = factory.Sequence(lambda n: f"示例人员 {n:05}")
    role = Role.OFFICE
    must_change_password = False

    @factory.post_generation
    def password(user, create, extracted, **kwargs):  # noqa: N805 -- factory-boy calls it with the object
        # Hashing takes most of a test's time, so only who signs in by the form gets a password.
        if extracted:
            user.set_password(extracted)
            user.save()
