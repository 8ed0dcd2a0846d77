"""Pages are counted as they change: what is counted is what there is, of one and of all."""

from __future__ import annotations

import random

from textlift.content.page import PageState
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions.stored import PageSummary, StoredDocument
from textlift.ui.listed_document import ListedDocument
from textlift.ui.page_tally import PageTally


def listed(number, pages, total):
    info = DocumentInfo(f"{number}.pdf", "PDF", pages, Fingerprint(1, 1))
    return ListedDocument(StoredDocument(number, f"{number}.pdf", info, 0.0), among=total)


def counted(documents):
    summaries = [one.summary(page) for one in documents for page in range(1, one.page_count + 1)]
    states = {state: sum(one.state is state for one in summaries) for state in PageState}
    warned = [one.warnings for one in summaries if one.warnings]
    return len(summaries), states, sum(warned), len(warned)


def told(tally):
    states = {state: tally.count(state) for state in PageState}
    return tally.pages, states, tally.to_check, tally.pages_to_check


def test_whatever_happens_the_count_is_right():
    chance = random.Random(3)
    total = PageTally()
    documents = [listed(number, chance.randint(1, 6), total) for number in range(1, 9)]
    for _ in range(300):
        one = chance.choice(documents)
        page = chance.randint(1, one.page_count)
        summary = PageSummary(chance.choice(list(PageState)), warnings=chance.choice((0, 0, 3)))
        match chance.randint(0, 9):
            case 0:
                changed = one.set_summaries({page: summary})
                assert changed or one.summary(page) == summary
            case 1:
                one.queue(range(1, one.page_count + 1))
            case 2 if len(documents) > 2:
                documents.remove(one)
                one.tally.leave()
            case _:
                one.set_summary(page, summary)
        assert told(total) == counted(documents)
        assert told(documents[0].tally) == counted(documents[:1])


def test_what_is_as_it_was_is_no_change():
    one = listed(1, 3, PageTally())
    summaries = {2: PageSummary(PageState.DONE)}
    assert one.set_summaries(summaries)
    assert not one.set_summaries(dict(summaries))


def test_a_document_that_left_is_not_counted_when_it_changes():
    total = PageTally()
    one = listed(1, 3, total)
    one.tally.leave()
    one.set_summary(1, PageSummary(PageState.DONE, warnings=2))
    assert told(total) == counted([])
    assert one.to_check == 2
