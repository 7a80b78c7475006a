"""Mails as the world writes them: charsets that are not what they claim, forms of machines, files in odd wrappings."""

from __future__ import annotations

import base64
import random
import struct
from email import policy
from email.message import EmailMessage

import pytest

from webhooks.mail.reading import beginning, read
from webhooks.mail.tnef import files_of

HEAD = b"From: Ada <ada@x.example>\r\nMessage-ID: <1@x>\r\nSubject: hi\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def said(body: bytes, charset: str, kind: str = "plain") -> str:
    return read(HEAD + f"Content-Type: text/{kind}; charset={charset}\r\n\r\n".encode() + body).text


@pytest.mark.parametrize(
    ("words", "written", "claimed"),
    [
        ("您好，我的订单", "gbk", "utf-8"),
        ("您好，我的订单", "gbk", "iso-8859-1"),
        ("您好，我的订单", "utf-8", "gb2312"),
        ("朱镕基路", "gbk", "gb2312"),
        ("𠀀字", "gb18030", "gbk"),
        ("注文について", "iso2022_jp", "utf-8"),
        ("注文について", "iso2022_jp", "us-ascii"),
        ("訂單在哪裡", "big5", "big5"),
        ("naïve façade", "latin-1", "iso-8859-1"),
        ("“smart” €", "cp1252", "iso-8859-1"),
        ("привет", "utf-8", "iso-8859-1"),
        ("주문", "euc-kr", "ks_c_5601-1987"),
        ("plain", "ascii", "no-such-charset"),
    ],
)
def test_words_are_read_whatever_is_claimed(words: str, written: str, claimed: str) -> None:
    assert said(words.encode(written), claimed) == words
    assert said(b"<p>" + words.encode(written) + b"</p>", claimed, "html") == words


def test_headers_in_every_wrapping() -> None:
    raw = "订单问题".encode("gbk")
    halves = " ".join(f"=?gb2312?B?{base64.b64encode(half).decode()}?=" for half in (raw[:3], raw[3:]))
    cases = {
        halves.encode(): "订单问题",
        b"=?gb2312?B?"
        + base64.b64encode(raw[:3])
        + b"?=\r\n =?gb2312?B?"
        + base64.b64encode(raw[3:])
        + b"?=": "订单问题",
        raw: "订单问题",
        "订单 é".encode(): "订单 é",
        b"=?utf-8?Q?Where_is_my=3F?= 7": "Where is my? 7",
        b"=?utf-8*en?b?aGk=?=": "hi",
        b"=?broken?X?y?= rest": "=?broken?X?y?= rest",
    }
    for written, wanted in cases.items():
        assert read(b"From: a@x.example\r\nSubject: " + written + b"\r\n\r\nx").subject == wanted


def test_who_is_answered() -> None:
    form = b'From: =?gb2312?B?zfW3vA==?= <forms@shop.example>\r\nReply-To: "Li, Na" <li@x.example>\r\n\r\nx'
    mail = read(form)
    assert (mail.sender, mail.name) == ("li@x.example", "Li, Na")
    assert read(b'From: "a@b.example" <real@x.example>\r\n\r\nx').sender == "real@x.example"
    assert read("From: 王芳 <Wang@X.example>\r\n\r\nx".encode()).name == "王芳"
    assert read(b"From: =?utf-8?b?VG9tIDx0b21AeC5leGFtcGxlPg==?=\r\n\r\nx").sender == "tom@x.example"


@pytest.mark.parametrize(
    "header",
    [
        b"Auto-Submitted: auto-generated; owner=x",
        b"Auto-Submitted: (vacation) auto-replied (rejected)",
        b"Precedence: auto_reply",
        b"Return-Path: <>",
        b"Return-Path: < >",
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
        b"X-Autoreply: yes",
        "Subject: 自动回复：我在休假".encode(),
        b"Subject: Automatic reply: away",
    ],
)
def test_what_machines_wrote(header: bytes) -> None:
    assert read(b"From: a@x.example\r\n" + header + b"\r\n\r\nx").is_automatic
    person = read(b"From: a@x.example\r\nAuto-Submitted: no\r\nSubject: Re: Automatic reply: x\r\n\r\nx")
    assert not person.is_automatic and not person.people_only


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (b"Precedence: Bulk", "list"),
        (b"Precedence:  list ", "list"),
        (b"List-Id: <a.b>", "list"),
        (b"List-Unsubscribe: <mailto:a@b.example>", "list"),
        (b"X-Auto-Response-Suppress: OOF, AutoReply", "asked"),
        (b"X-Auto-Response-Suppress: None", ""),
        (b"Precedence: first-class", ""),
        (b"Reply-To: team-request@x.example", "deaf"),
        (b"Reply-To: no-reply@x.example", "deaf"),
        (b"Reply-To: donotreply@x.example", "deaf"),
        (b"Reply-To: postmaster@x.example", "deaf"),
        (b"Reply-To: nora.reply@x.example", ""),
    ],
)
def test_people_whom_no_machine_may_answer(header: bytes, why: str) -> None:
    mail = read(b"From: a@x.example\r\n" + header + b"\r\n\r\nx")
    assert (mail.is_automatic, mail.people_only) == (False, why)


REPORT = (
    b"From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; a@x\r\nAction: %s\r\nStatus: %s\r\n%s--b--\r\n"
)
OURS = b"<zongji.m1.0@shop.example>"


def test_reports_of_mails_that_came_back() -> None:
    whole = (
        b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: s\r\nMessage-ID:\r\n " + OURS + b"\r\n\r\nwords\r\n"
    )
    found = read(REPORT % (b"failed", b"5.1.1", whole))
    assert (found.bounced, found.bounce_status) == ((OURS.decode(),), "5.1.1")
    assert read(REPORT % (b"delayed", b"4.4.1", whole)).bounced == ()
    bare = (REPORT % (b"failed", b"5.2.2", b"")).replace(b"\r\n\r\n", b"\r\nIn-Reply-To: " + OURS + b"\r\n\r\n", 1)
    assert read(bare).bounced == (OURS.decode(),)
    odd = b"From: postmaster@mx.example\r\nX-Failed-Recipients: a@x\r\n\r\n550 5.7.1 refused\r\nMessage-ID: " + OURS
    assert (read(odd).bounced, read(odd).bounce_status) == ((OURS.decode(),), "5.7.1")
    person = b"From: ada@x.example\r\n\r\nyour mail " + OURS + b" said"
    assert read(person).bounced == ()


def test_a_mail_in_a_mail_is_a_file_and_not_its_words() -> None:
    mail, inner = EmailMessage(), EmailMessage()
    inner["Subject"] = "the old matter"
    inner.set_content("words of somebody else")
    mail["From"] = "ada@x.example"
    mail.set_content("see below")
    mail.add_attachment(inner)
    found = read(mail.as_bytes(policy=policy.SMTP))
    assert found.text == "see below" and [one.name for one in found.files] == ["the old matter.eml"]
    assert b"words of somebody else" in found.files[0].content


def test_files_by_every_kind_of_name() -> None:
    names = {
        b"filename*=GBK''%B7%A2%C6%B1.pdf": "发票.pdf",
        b"filename*0*=utf-8''%E5%8F%91; filename*1*=%E7%A5%A8.pdf": "发票.pdf",
        b'filename="=?gb2312?B?t6LGsQ==?=.pdf"': "发票.pdf",
        'filename="发票.pdf"'.encode("gbk"): "发票.pdf",
        b'filename="..\\\\..\\/etc/passwd"': ".._..__etc_passwd",
    }
    for written, wanted in names.items():
        part = b"Content-Type: application/pdf\r\nContent-Disposition: attachment; " + written + b"\r\n\r\n%PDF"
        raw = (
            HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n" + part + b"\r\n--b--\r\n"
        )
        assert [one.name for one in read(raw).files] == [wanted], written


def test_words_that_are_files_and_pages_behind_empty_words() -> None:
    parts = (
        b"--b\r\nContent-Type: text/plain\r\n\r\n \r\n--b\r\nContent-Type: text/html\r\n\r\n<b>the page</b>\r\n"
        b"--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"
        b'--b\r\nContent-Type: text/plain; name="log.txt"\r\n\r\nlines\r\n--b--\r\n'
    )
    found = read(HEAD + MIXED + parts)
    assert found.text == "the page" and [one.content_type for one in found.files] == ["text/calendar", "text/plain"]


def attribute(level: int, kind: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", level, kind, 0, len(value)) + value + b"\0\0"


def test_winmail_dat_is_unpacked() -> None:
    long_name = "合同 final.docx".encode("utf-16-le") + b"\0\0"
    padded = long_name + b"\0" * (-len(long_name) % 4)
    properties = struct.pack("<I", 2) + struct.pack("<HHI", 3, 0x0E20, 5)
    properties += struct.pack("<HHII", 0x1F, 0x3707, 1, len(long_name)) + padded
    tnef = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x8004, b"Subject\0")
    tnef += attribute(2, 0x9002, b"\0" * 14) + attribute(2, 0x8010, b"CONTRA~1.DOC\0") + attribute(2, 0x800F, b"PK..")
    tnef += attribute(2, 0x9005, properties) + attribute(2, 0x9002, b"") + attribute(2, 0x8010, b"b.txt\0")
    tnef += attribute(2, 0x800F, b"words")
    wrapped = base64.encodebytes(tnef)
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrapped
    raw = HEAD + MIXED + b"--b\r\n\r\nx\r\n--b\r\n" + part + b"\r\n--b--\r\n"
    found = read(raw).files
    assert [(one.name, one.content) for one in found] == [("合同 final.docx", b"PK.."), ("b.txt", b"words")]
    dice = random.Random(5)
    for _ in range(300):
        broken = bytearray(tnef)
        broken[dice.randrange(len(broken))] = dice.randrange(256)
        files_of(bytes(broken[: dice.randrange(len(broken))]))


def test_hostile_words_and_dates() -> None:
    found = read(HEAD + "Date: Fri, 31 Dec 9999 23:59:59 -0000\r\n\r\na\0b\u202egnp.exe\x1b[31m".encode())
    assert "\0" not in found.text and "\u202e" not in found.text and "\x1b" not in found.text
    assert read(HEAD + b"Date: Mon, 02 Nov 2026 10:00:00\r\n\r\nx").at == 1793613600.0
    deep = HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)
    )
    assert read(deep).sender == "ada@x.example"


def test_a_mail_too_large_to_keep_keeps_its_words() -> None:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "ada@x.example", "<big@x>"
    mail.set_content("the words")
    mail.add_attachment(b"small", maintype="application", subtype="zip", filename="a.zip")
    mail.add_attachment(b"x" * 500_000, maintype="application", subtype="zip", filename="b.zip")
    found = read(beginning(mail.as_bytes(policy=policy.SMTP), 900_000, 2_000))
    assert (found.key, found.text, found.whole_bytes) == ("<big@x>", "the words", 900_000)
    assert [(one.name, one.is_cut) for one in found.files] == [("a.zip", False), ("b.zip", True)]


def test_long_words_are_kept_whole_and_longer_ones_say_so() -> None:
    line = "Order 1234 is still not here. 订单还没到。\n"
    whole = line * 2_000
    raw = b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    assert read(raw + whole.encode()).text == whole.strip()
    cut = read(raw + (line * 9_000).encode()).text
    assert cut.startswith(whole) and "the first 100000 of" in cut and "仅保留前 100000 字" in cut
