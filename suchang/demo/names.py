"""Realistic Chinese names, drawn from common surnames and characters of given names; nobody's in particular."""

from __future__ import annotations

from random import Random

# The commonest surnames, the first ones several times as common as the last.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
_DOUBLE = ("欧阳", "司马", "诸葛", "上官")
_FEMALE = "婷雪慧敏静丽娟艳芳霞秀玲燕红梅倩颖琳萍蓉岚瑶怡菲晴妍雯洁莹"
_MALE = "伟强磊军勇杰涛明超刚鹏飞斌波辉建国志峰浩宇轩博凯健翔威毅龙"
_EITHER = "文华晓新海林云春秋东安宁清远思子嘉佳一天雨晨阳正永长景书学家立德成"


def full_name(rng: Random, *, female: bool) -> str:
    """Draw a name of two or three characters, rarely four with a double surname."""
    # The square of a uniform number favours the front of the list.
    common = _SURNAMES[int(rng.random() ** 2 * len(_SURNAMES))]
    surname = rng.choice(_DOUBLE) if rng.random() < 0.005 else common
    own = _FEMALE if female else _MALE
    if rng.random() < 0.2:
        return surname + rng.choice(own + _EITHER)
    first, second = rng.choice(_EITHER + own), rng.choice(own + _EITHER)
    return surname + first + second
