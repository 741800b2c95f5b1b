"""Small content folders for the tests of search_index."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from search_index import Reading, read_library

TAXONOMY = """\
groups:
  - id: parking
    zh: 停车
    en: Parking
    topics:
      - {id: parking-lock, zh: 私装地锁, en: Private parking locks}
      - {id: ebike-corridor, zh: 楼道停放充电, en: E-bikes in corridors}
  - id: duty
    zh: 职责
    en: Duties
    topics:
      - {id: duty-patrol, zh: 日常巡查, en: Daily patrol}
"""
GLOSSARY = """\
街道办事处\tsub-district office\t办事处\toffice
老旧小区\told estate\t老小区\t
地锁\tparking lock\t地桩;车位锁\tfold-down post
街巷长\tstreet and lane chief\t\t
北京市消防条例\tBeijing Fire Protection Regulations\t\t
"""
EMERGENCIES = """\
emergencies:
  - id: gas
    call: ["119", "96777"]
    message: {zh: 先离开,到外面再打119。, en: Leave first; call 119 from outside.}
    signs: ["煤气|燃气 味|漏", "gas leak|smell"]
    harmless: ["缴费|交费", "bill"]
  - id: fire
    call: ["119"]
    message: {zh: 着火了打119。, en: Call 119.}
    signs: ["着火|冒烟", "on_fire|smoke"]
    harmless: ["演练", "drill"]
"""

LOCKS_ZH = """\
---
title: 车友会数清了车位,地锁不见了
lesson: 先数清车位,再谈拆锁。
problems: [parking-lock]
owner: 街道办事处
checked_on: 2026-11-01
review_every: 12m
status: published
sources:
  - {title: 小区车友会, outlet: 晚报, date: 2015-02, grade: B}
provenance: reported
place: {city: 北京, district: 东城}
happened: {from: 2013-01, to: 2013-03}
place_kind: 老旧小区
outcome: worked
measure: {what: 院里能停的车(辆), before: 150, after: 200, before_on: 2013-01, after_on: 2013-03}
rechecks:
  - {on: 2015-02, held: true}
decision_points:
  - {at: decision, ask: 先拆还是先数？, options: [先拆, 先数], done: 先数, why: 数了才有话说。}
---
## 基本情况
院里三百多辆车,地锁占着位置。

## 决策与行动
居委会先数车位,再成立车友会。

## 结果
两年后一把锁也没有。数法是逐位清点。

## 教训
只拆不数,锁会回来。
"""
LOCKS_EN = """\
---
title: A car club counted the bays and the locks went
lesson: Count the bays before you talk about locks.
place: {city: Beijing, district: Dongcheng}
measure: {what: cars the yard can hold}
decision_points:
  - {ask: "Remove or count?", options: [remove, count], done: Count., why: Figures convince.}
translation_of: HASH
---
## Situation
Over three hundred cars, and locks on the bays.

## Decision and action
The residents' committee counted, then founded a car club.

## Result
Two years later there was no lock, counted bay by bay.

## Pitfalls
Removed without counting, locks return.
"""
PROBLEM_ZH = """\
---
title: 私装地锁
lesson: 锁是抢位子抢出来的,先数位子。
aliases: [地桩, 占车位]
owner: 街道办事处
checked_on: 2026-11-01
review_every: 6m
status: published
sources:
  - {title: 停车条例, outlet: 市人大, date: 2018, grade: A}
card:
  look: 先看锁在公共地面还是产权车位。
  do: [数位子, 开小会, 再拆锁]
  who: 物业、居委会。
  basis: 文明行为促进条例。
  dont: 别一天全拆完就走。
---
## 早期迹象
椅子和砖头占位。

## 成因
位子少,又没有排队的规矩。

## 对策
| 对策 | 怎么起作用 | 什么情况下管用 | 留神 | 案例 |
|---|---|---|---|---|
| 数位子 | 让人看见差多少 | 有人牵头 | 别漏访客 | [车友会](../cases/car-club.md) |

## 怎样算见效
同一时间数锁,第1、4、12周。

## 升级路径
居委会谈,不成报街道。
"""
PROBLEM_EN = """\
---
title: Private parking locks
lesson: A lock answers an unfair queue; count the bays first.
aliases: [bay grab]
card:
  look: See whether the lock is on public ground.
  do: [Count bays, Hold a small meeting, Then remove]
  who: Property firm, residents' committee.
  basis: Civilised conduct regulations.
  dont: Do not clear everything in one day and leave.
translation_of: HASH
---
## Early signs
Chairs and bricks hold places.

## Causes
Too few bays and no fair queue.

## Responses
| Response | How it works | Works best if | Watch out | Cases |
|---|---|---|---|---|
| Count bays | Shows the gap | someone leads | visitors | [Car club](../cases/car-club.md) |

## How to know it worked
Count locks at the same hour in weeks 1, 4 and 12.

## Escalation
The committee talks; if that fails, the sub-district.
"""


class Folder:
    """A content folder to write pages into and read back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name, text in (
            ("taxonomy.yml", TAXONOMY),
            ("glossary.tsv", GLOSSARY),
            ("emergencies.yml", EMERGENCIES),
        ):
            self.write(name, text)

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def read(self) -> Reading:
        return read_library(self.path, today=date(2026, 11, 22))

    def lines(self, name: str | None = None) -> list[str]:
        """Findings as `line: message`, of one file if named."""
        found = [f for f in self.read().findings if name in {None, str(f.path)}]
        return [f"{finding.line}: {finding.message}" for finding in found]
