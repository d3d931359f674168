"""Secrets are hidden wherever a driver or an engine tells them; what is none stays."""

from __future__ import annotations

import pytest

from tui.engine.masking import MASK, masked, masked_options, masked_text

SECRET = (
    "password PASSWD smb_pass userpass dbPass passphrase pwd secret s3-secret-key clientSecret "
    "token api_token credentials creds auth _auth apiKey api-key account_key AccountKey sshkey "
    "access-key AWS_ACCESS_KEY_ID private_key.pem sas sas_url key"
)
PLAIN = "monkey keyring_path public_key author bypass compass passthrough type o user"


@pytest.mark.parametrize("key", SECRET.split())
def test_options_that_name_a_secret(key: str) -> None:
    assert masked_options({key: "hush"}) == {key: MASK}


@pytest.mark.parametrize("key", PLAIN.split())
def test_options_that_name_none(key: str) -> None:
    assert masked_options({key: "fine"}) == {key: "fine"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("addr=h,password=hush,vers=3.0", "addr=h,password=****,vers=3.0"),
        ("failed: passwd:hush", "failed: passwd:****"),
        ('{"user":"joe","password":"hu\\"sh a"}', '{"user":"joe","password":****}'),
        ('{"password": "hush"}', '{"password": ****}'),
        (r'said "{\"token\":\"hu sh\"}"', r'said "{\"token\":****}"'),
        ('user=joe,password="hu, sh",vers=3', "user=joe,password=****,vers=3"),
        ("secret='hu sh' x", "secret=**** x"),
        ("//joe:hu/sh@host/share", "//joe:****@host/share"),
        ("https://joe:hu@sh@host/", "https://joe:****@host/"),
        ("?sv=1&sig=hush&se=2", "?sv=1&sig=****&se=2"),
        (
            "data: user=joe,password=hu;sh x,vers=3: denied",
            "data: user=joe,password=****,vers=3: denied",
        ),
        ("data: user=joe,password=hu sh: denied", "data: user=joe,password=****: denied"),
        ("AccountName=a;AccountKey=hush==;x=1", "AccountName=a;AccountKey=****;x=1"),
        ("monkey=fine,keyring_path=/x", "monkey=fine,keyring_path=/x"),
        ("invalid token: unexpected end", "invalid token: unexpected end"),
        ("dial tcp 10.0.0.1:445: refused", "dial tcp 10.0.0.1:445: refused"),
        ("http://host:80/path", "http://host:80/path"),
    ],
)
def test_texts(text: str, shown: str) -> None:
    assert masked_text(text) == shown


def test_values_at_every_depth_and_what_is_given_stays() -> None:
    given = {"a": [{"password": 3, "n": 1}, "token=hush"], "secret": {"x": "hush"}, "auth": None}
    assert masked(given) == {
        "a": [{"password": MASK, "n": 1}, f"token={MASK}"],
        "secret": MASK,
        "auth": None,
    }
    assert given["secret"] == {"x": "hush"}


def test_a_long_text_takes_no_long_time() -> None:
    text = "a" * 1_000_000 + " " * 1000 + "//" * 1000
    assert masked_text(text) == text
