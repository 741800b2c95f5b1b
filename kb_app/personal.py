"""What looks like personal data in a text, so that it is taken out before anything is kept."""

from __future__ import annotations

import re

from kb_app.translations import mark

_SORTS = (
    (mark("a mobile number"), re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")),
    (
        mark("an identity number"),
        re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx](?![\dA-Za-z])"),
    ),
    (
        mark("a number plate"),
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z]"
            r"[·• ]?(?=[A-HJ-NP-Z0-9]*\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
        ),
    ),
    (mark("an e-mail address"), re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
)


def findings(text: str) -> tuple[str, ...]:
    """What sorts of personal data a text seems to hold, as messages; none if it holds none.

    >>> findings("请打 13800000000"), findings("三号楼")
    (('a mobile number',), ())
    """
    return tuple(sort for sort, pattern in _SORTS if pattern.search(text))
