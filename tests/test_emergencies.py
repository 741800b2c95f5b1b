"""The rules of danger to life, on words that people in need really use, and on what looks alike."""

from __future__ import annotations

import pytest

from search_index import Lang, Library
from search_index.emergency import Alarms

DANGER = {
    "gas-leak": (
        "家里煤气味特别大", "厨房燃气管漏气了呲呲响", "楼道闻着像煤气漏了", "天然气泄漏怎么办",
        "smell of gas in the kitchen", "i think the gas pipe is leaking", "gas leaking from the cylinder",
    ),
    "carbon-monoxide": (
        "烧煤炉子一家人头晕恶心", "一氧化碳中毒了", "屋里生炭火人叫不醒", "煤气中毒人昏过去了",
        "carbon monoxide alarm is going off and we feel sick", "charcoal burning indoors everyone dizzy",
    ),
    "fire": (
        "楼道电动车着火了", "三楼起火了有人没出来", "我家厨房着了", "垃圾桶烧起来了火很大", "车棚失火",
        "the stairwell is on fire", "fire in the bike shed", "my kitchen caught fire", "flames coming out of a window",
    ),
    "smoke": (
        "配电箱冒烟了", "门缝往外冒黑烟", "楼上窗户呼呼冒浓烟", "电池冒烟",
        "smoke pouring out of the basement", "thick smoke in the corridor", "battery is smoking",
    ),
    "explosion": (
        "楼下饭馆爆炸了", "电瓶炸了", "煤气罐爆炸", "听见爆炸声窗户都碎了",
        "there was an explosion in the restaurant", "gas bottle exploded", "the battery just blew up",
    ),
    "electric-shock": (
        "有人触电了", "电线掉地上了冒火花", "小孩摸了漏电的路灯倒了", "路灯杆漏电电着人了", "高压线断了垂到地面",
        "someone got electrocuted", "live wire on the ground", "power line down and sparking",
    ),
    "collapse": (
        "路面塌了个洞", "院墙倒了砸到人", "屋顶塌下来了", "老房子要塌了里面还有人", "地面突然下沉裂开大口子",
        "the road just collapsed", "wall fell down on people", "the roof is caving in",
    ),
    "falling-structure": (
        "广告牌要掉下来了下面有人", "脚手架倒了", "外墙瓷砖往下掉砸着人了", "空调外机快掉下来了",
        "a sign is about to fall on people", "scaffolding has collapsed", "chunks of wall falling onto the pavement",
    ),
    "open-manhole": (
        "有人掉进下水井了", "小孩掉井里了", "井盖没了老人踩空掉下去了", "井盖丢了一个大洞露着没人管",
        "a man fell into a manhole", "child fell down an open drain", "manhole cover is missing open hole in the road",
    ),
    "confined-space": (
        "工人下化粪池晕倒了", "下井清淤的人上不来了", "污水井里有人没反应", "有人在化粪池里中毒了",
        "worker collapsed inside a septic tank", "man passed out down the sewer shaft",
    ),
    "trapped": (
        "电梯里困着人", "老人被锁在屋里出不来", "地下室进水有人困住了", "孩子头卡在栏杆里了",
        "people stuck in the lift", "trapped in the elevator", "someone trapped under a car",
    ),
    "drowning-flood": (
        "有人掉河里了", "小孩落水了", "水越涨越高出不去了", "桥下积水淹了车里有人", "有人溺水",
        "someone is drowning in the canal", "car under water with people inside", "a child fell into the river",
    ),
    "not-breathing": (
        "老人没呼吸了", "有人晕倒叫不醒", "路边躺着个人没意识", "心跳停了",
        "he is not breathing", "she collapsed and is unconscious", "man lying there not responding",
    ),
    "badly-hurt": (
        "被车撞了流了好多血", "摔下楼腿断了", "头破了血止不住", "骑车的被撞飞了",
        "hit by a car and bleeding badly", "fell from the second floor cant move", "deep cut wont stop bleeding",
    ),
    "heart-stroke-choking": (
        "老爷子胸口疼得直冒冷汗", "嘴歪了话说不清是不是中风", "孩子被花生噎住了喘不上气", "心脏病犯了",
        "chest pain and sweating", "i think she is having a stroke", "child choking on a nut", "heart attack",
    ),
    "poisoning": (
        "孩子误喝了洗洁精农药", "吃了老鼠药", "喝农药了", "食物中毒上吐下泻好几个人",
        "he drank pesticide", "child swallowed rat poison", "several people with food poisoning vomiting",
    ),
    "no-answer-at-door": (
        "独居老人敲门没人应", "老太太两天没露面电话也不接敲门没动静", "老人敲门不开屋里有声音",
        "门敲半天没人开老人一个人住", "old man not answering the door for two days",
        "elderly neighbour does not answer door or phone",
    ),
    "suicide": (
        "有人要跳楼", "他说不想活了", "楼顶坐着个人要往下跳", "她割腕了", "邻居要自杀",
        "someone is about to jump off the roof", "he says he wants to kill himself", "neighbour threatening suicide",
    ),
    "violence": (
        "有人拿刀砍人", "楼下打起来了动刀子了", "老公打老婆打得满脸血", "有人抢劫", "家暴救命",
        "a man with a knife outside", "he is beating his wife", "people fighting with iron bars", "someone is being robbed",
    ),
    "dog-attack": (
        "狗咬着孩子不松口", "大狗扑人咬伤了", "流浪狗正在咬人", "被狗咬得直流血",
        "a dog is biting a child", "dog attacking people right now", "bitten by a dog and bleeding",
    ),
    "child-in-danger": (
        "孩子爬到窗户外面了", "小孩挂在防盗窗外", "娃一个人坐在阳台外边", "孩子锁在车里热得不行",
        "toddler climbing out of the window", "child hanging from the balcony", "baby locked in a hot car",
    ),
    "missing-person": (
        "孩子走丢了", "老人走失了有老年痴呆", "我妈找不着了她糊涂", "小孩不见了半小时了",
        "my child is missing", "old man with dementia has wandered off", "lost my kid at the market",
    ),
    "out-in-the-cold": (
        "雪地里躺着个人", "桥洞下有人冻僵了", "零下十度有个老人睡外面叫不动", "喝醉的人躺路边冻着",
        "man lying in the snow", "someone sleeping outside freezing and not moving", "drunk passed out in the cold",
    ),
    "crowd-crush": (
        "人太多挤倒了踩着人了", "庙会发生踩踏", "门口挤得喘不过气有人摔倒", "人群往前涌有孩子被挤着",
        "people are being crushed in the crowd", "stampede at the market", "crowd pushing people falling over",
    ),
}  # fmt: skip

HARMLESS = (
    "燃气缴费怎么办", "消防演练通知", "灭火器过期了找谁换", "消防通道被堵", "怎么预防电动车火灾", "火灾隐患排查表",
    "着火点宣传画", "烧烤店油烟大", "广场舞吵死了", "爆竹禁放区域", "塌陷井盖维修流程", "井盖响得睡不着", "路面坑洼",
    "跳广场舞的地方", "楼道堆物", "电线杂乱", "电线太低", "高空抛物怎么取证", "独居老人怎么探访", "敲门登记没人在家",
    "狗叫扰民", "遛狗不牵绳", "被群租闹得头疼", "停车位抢得打架似的", "水管漏水", "下水道返味", "积水", "雨水箅子堵了",
    "扫雪铲冰责任", "冻裂的水管谁修", "失物招领", "煤改电补贴", "气瓶报废", "电梯故障投诉", "电梯阻车系统", "消防车道划线",
    "急救电话贴在公示牌上", "生命通道标识", "人多拥挤的早市", "老人走路摔跤的坑", "垃圾堆着没人运", "救助站在哪里", "冬天流浪汉怎么劝",
    "杀虫剂喷洒通知", "老鼠药投放公告", "燃放烟花的规定", "跳蚤市场", "血站献血车停哪",
    "fire lane blocked by cars", "fire extinguisher expired", "gas bill", "gas meter reading", "smoking in the lift lobby",
    "how to prevent e-bike fires", "fire drill next week", "wires hanging low", "manhole cover rattles", "road full of potholes",
    "noise is killing me", "shooting a film in the hutong", "dead bike pile", "tree needs pruning", "dog barking at night",
    "dog off the lead", "lift out of order", "burst of complaints on the hotline", "water bill", "old people living alone list",
    "cold radiators", "crowded morning market", "knife sharpener stall", "kill weeds in the alley", "explosive growth of shared bikes",
    "fire safety training for shopkeepers", "where is the first aid box", "drowning in paperwork", "heart of the neighbourhood project",
    "jump the queue at the clinic", "lost property", "smoke from the barbecue stall", "restaurant smoke and smell",
)  # fmt: skip


@pytest.fixture(scope="module")
def alarms(whole_library: Library) -> Alarms:
    assert {rule.id for rule in whole_library.emergencies} == set(DANGER)
    return Alarms(whole_library.emergencies)


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in DANGER.items() for text in texts]
)
def test_danger_to_life_gets_the_banner(alarms: Alarms, rule: str, text: str) -> None:
    found = alarms.alarm(text, Lang.ZH)
    assert found is not None, f"{rule}: {text}"
    assert found.call


@pytest.mark.parametrize("text", HARMLESS)
def test_what_looks_alike_gets_none(alarms: Alarms, text: str) -> None:
    assert alarms.alarm(text, Lang.ZH) is None


@pytest.mark.parametrize("lang", list(Lang))
def test_the_banner_speaks_the_readers_language(alarms: Alarms, lang: Lang) -> None:
    found = alarms.alarm("着火了", lang)
    assert found is not None
    assert any("\u4e00" <= character <= "\u9fff" for character in found.message) is (
        lang is Lang.ZH
    )
