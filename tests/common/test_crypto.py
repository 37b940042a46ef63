import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from common import crypto
from common.crypto import ALPHABET, digest, grouped, normalized_code, tracking_code

seeds = st.text(max_size=40)
places = st.integers(0, 12)
letters = st.sampled_from(ALPHABET)


@given(st.text())
def test_what_is_encrypted_reads_back_and_does_not_show(text):
    token = crypto.encrypt(text)
    assert crypto.decrypt(token) == text
    assert len(text) < 3 or text not in token


def test_an_old_key_of_the_ring_still_reads_and_the_newest_one_writes(settings):
    settings.FIELD_KEYS = ["old"]
    by_old = crypto.encrypt("13800001234")
    settings.FIELD_KEYS = ["new", "old"]
    by_new = crypto.encrypt("13800001234")
    assert crypto.decrypt(by_old) == "13800001234"
    settings.FIELD_KEYS = ["new"]
    assert crypto.decrypt(by_new) == "13800001234"
    with pytest.raises(InvalidToken):
        crypto.decrypt(by_old)


@given(st.text(), st.text())
def test_a_digest_tells_values_and_purposes_apart(one, other):
    assert (digest("phone", one) == digest("phone", other)) == (one == other)
    assert digest("phone", one) != digest("code", one)


@given(seeds)
def test_a_seed_always_gives_the_same_code_of_letters_that_cannot_be_mistaken(seed):
    code = tracking_code(seed)
    assert code == tracking_code(seed)
    assert len(code) == 13 and set(code) <= set(ALPHABET)
    assert not set(code) & set("ILOU")


def test_codes_of_neighbouring_seeds_have_nothing_in_common():
    codes = [tracking_code(f"web:{n}") for n in range(2000)]
    assert len(set(codes)) == 2000
    for place in range(13):
        assert len({code[place] for code in codes}) == 32


@given(seeds)
def test_a_code_reads_back_as_it_is_shown(seed):
    code = tracking_code(seed)
    assert normalized_code(code) == code
    assert normalized_code(grouped(code)) == code


@given(seeds, places, letters)
def test_every_wrong_character_is_noticed(seed, place, letter):
    code = tracking_code(seed)
    typed = code[:place] + letter + code[place + 1 :]
    assert normalized_code(typed) == (code if typed == code else None)


@given(seeds, st.integers(0, 11))
def test_two_neighbours_that_changed_places_are_noticed(seed, place):
    code = tracking_code(seed)
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert normalized_code(typed) == (code if typed == code else None)


@given(seeds, places, places)
def test_any_two_that_changed_places_are_noticed(seed, one, other):
    typed = list(tracking_code(seed))
    typed[one], typed[other] = typed[other], typed[one]
    code = tracking_code(seed)
    assert normalized_code("".join(typed)) == (code if "".join(typed) == code else None)


@given(seeds, places)
def test_a_character_too_few_or_too_many_is_noticed(seed, place):
    code = tracking_code(seed)
    assert normalized_code(code[:place] + code[place + 1 :]) is None
    assert normalized_code(code[:place] + "7" + code[place:]) is None


FULL_WIDTH = {ord(letter): ord(letter) + 0xFEE0 for letter in ALPHABET}


@given(seeds, st.sampled_from(["lower", "spaced", "hyphens", "full width", "lookalikes", "dashes"]))
def test_the_ways_in_which_people_type_a_code_all_mean_it(seed, way):
    code = tracking_code(seed)
    typed = {
        "lower": code.lower(),
        "spaced": f" {code[:4]} {code[4:8]}\u3000{code[8:]}\n",
        "hyphens": f"{code[:4]}－{code[4:8]}—{code[8:]}",
        "full width": code.translate(FULL_WIDTH),
        "lookalikes": code.replace("0", "o").replace("1", "l"),
        "dashes": grouped(code).replace("-", "–"),
    }[way]
    assert normalized_code(typed) == code


@given(st.text(max_size=30))
def test_whatever_is_typed_gives_a_whole_code_or_none(typed):
    code = normalized_code(typed)
    assert code is None or normalized_code(code) == code
