from __future__ import annotations

import pytest

from textlift.documents.text_quality import garbled_because

GOOD = [
    "",
    "4711",
    "The quick brown fox jumps over the lazy dog, as it does in every test of this kind.",
    "Съешь же ещё этих мягких французских булок, да выпей чаю; и ещё раз.",
    "Příliš žluťoučký kůň úpěl ďábelské ódy. Strč prst skrz krk je věta bez samohlásek.",
    "Grzegorz Brzęczyszczykiewicz, Chrząszczyżewoszyce, powiat Łękołody, województwo.",
    "Die Würde des Menschen ist unantastbar. Sie zu achten und zu schützen ist Verpflichtung.",
    "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία και τα υπόλοιπα που χρειάζονται για ένα κείμενο.",
    "所有服务使用同一个用户名和密码可以进入，得益于中央用户数据库的验证和授权。",
    "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם",
    "Write to mail@example.org or see https://example.org/a_b?c=d#e, then call +49 30 1234-567.",
    "def page_lines(page): return page.edit.lines if page.edit is not None else reading_lines",
    "asn1_array2tree 9\nasn1_copy_node 12\nasn1_der_coding 14\nasn1_read_node_value 15",
    "Invoice 2024-17\nTotal 1,234.50 EUR\nVAT 19 % 197.10\nIBAN DE02 1203 0000 0000 2020 51",
    "• First item\n• Second item, which is longer\n• Third item",
    "McDonald and O'Neill met an iPhone developer from GitHub in the MacArthur building today",
]

GARBLED = [
    ";_kieZlgZy \\_jkby Ijh]jZffu ^ey jZkihagZ\\Zgby l_dklZ b h[jZ[hldb ^hdmf_glh\\",
    "Ñúåøü æå åù¸ ýòèõ ìÿãêèõ ôðàíöóçñêèõ áóëîê, äà âûïåé ÷àþ",
    "(cid:12)(cid:7)(cid:44) garbage (cid:9)(cid:10)",
    "\ue001\ue002\ue003 \ue004\ue005 text \ue006",
    "\ufffd\ufffd\ufffd\ufffd and a word",
    "\x01\x02\x03\x04\x05 words",
    "Ymj vznhp gwtbs ktc ozrux tajw ymj qfed itl rwkg bcdfgh jklm npqrst vwxz",
]


@pytest.mark.parametrize("text", GOOD)
def test_language_is_trusted(text):
    assert garbled_because(text) == ""


@pytest.mark.parametrize("text", GARBLED)
def test_rubbish_is_not(text):
    assert garbled_because(text).startswith("The text in this page is garbled")
