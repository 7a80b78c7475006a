"""What commands say, in Chinese, with all that ``doctor`` and ``freeswitch check`` find; else it stays English.

Not here: how a sentence is found (``ivr.chinese``), whether Chinese is wanted (``language.py``).
"""

from __future__ import annotations

from functools import lru_cache

from eslapp.cli.channels_chinese import CHANNELS
from eslapp.cli.habits_chinese import FOUND, HABITS
from eslapp.cli.words_chinese import REFUSALS, SPEECH, TOLD
from ivr.chinese import Sentences, all_sentences

DOCTOR = {
    "{} problems": "{} 个问题",
    "{} problem": "{} 个问题",
    "no problems": "没有问题",
    "the files were refused, revision {} serves on: {}": "文件未被采用，仍按修订 {} 运行：{}",
    "mend it and save; see: {}": "请改好后保存；见：{}",
    "{} is in force": "{} 生效中",
    "flows ask with {}, which is not set: lookups fail": "流程查询要用 {}，但没有设置：查询会失败",
    'set it where zongji is started, or under "env" in {}': '请在启动 zongji 的环境里设置，或写进 {} 的 "env"',
    "{} of the operator are set": "{} 个运维词已设置",
    "no database yet": "还没有数据库",
    "readable, {} open interactions": "可读，进行中的交互 {} 个",
    "events of channels that could not be worked on: {}; the newest: {}": "没能处理的渠道事件：{}；最近一个：{}",
    "not well: {}": "不正常：{}",
    "zongji channel check": "zongji channel check",
    "events for accounts that the site does not have: {}; for: {}": "发给站点没有的账号的事件：{}；账号：{}",
    "add them under channels, or end their delivery at the provider": "请在 channels 下添加，或在服务商处停止推送",
    "zongji inbox ls; when its cause is mended: zongji inbox retry --all": (
        "zongji inbox ls；原因排除后：zongji inbox retry --all"
    ),
    "{} free ({} GB)": "剩余 {}（{} GB）",
    "free space for {}; recordings will be cut short": "请为 {} 腾出空间；否则录音会被截断",
    "does not answer": "没有应答",
    "answers at {}": "在 {} 应答",
    "see {}; a FreeSWITCH: zongji freeswitch check": "见 {}；FreeSWITCH 请用：zongji freeswitch check",
    "up": "正常",
    "down": "不通",
    "is not running; recordings wait for their words": "没有运行；录音等待转写",
    "until then callers choose by keys, and recordings stay unwritten": "在此之前来电者用按键选择，录音不转写",
    "the daemon runs at the switch's real-time priority": "守护进程与交换机同为实时优先级",
    "the daemon runs at ordinary priority: beside hundreds of calls on few cores it would answer late": (
        "守护进程是普通优先级：核少而通话几百路时会应答迟缓"
    ),
    "LimitRTPRIO=1 in its unit of systemd": "请在它的 systemd 单元里写 LimitRTPRIO=1",
    "nothing had to be repaired since the daemon began": "守护进程启动以来没有需要修复的",
    "{} since the daemon began: {}": "守护进程启动以来 {} 次：{}",
    "the count cannot be read: {}": "读不到计数：{}",
}
FREESWITCH = {
    "render again (zongji freeswitch render) and restart FreeSWITCH with that directory": (
        "请重新渲染（zongji freeswitch render），并用该目录重启 FreeSWITCH"
    ),
    "no event socket at {} ({})": "{} 没有事件套接字（{}）",
    "start FreeSWITCH with the rendered directory or name the right port": "请用渲染出的目录启动它，或写对端口",
    "{} refuses the password": "{} 拒绝了密码",
    "give the one in its event_socket.conf.xml, or render again and restart FreeSWITCH with that directory": (
        "请给出它的 event_socket.conf.xml 里的密码，或重新渲染并用该目录重启 FreeSWITCH"
    ),
    "nobody listens on {}, where calls are sent": "来电要送到 {}，那里却无人监听",
    "start the daemon, or render with its port": "请启动守护进程，或按它的端口重新渲染",
    "the event socket accepts the well-known password {}": "事件套接字接受人尽皆知的密码 {}",
    "the event socket's password has {} characters": "事件套接字的密码只有 {} 个字符",
    "FreeSWITCH {} is older than 1.10": "FreeSWITCH {} 比 1.10 旧",
    "install FreeSWITCH 1.10 or newer": "请安装 FreeSWITCH 1.10 或更新的版本",
    "api-expansion is on: a text with {} that reaches a call runs a command on this machine": (
        "api-expansion 开着：含 {} 的文字进入通话就会在本机执行命令"
    ),
    "set api-expansion to false in switch.conf.xml and restart FreeSWITCH": (
        "请在 switch.conf.xml 里把 api-expansion 设为 false，并重启 FreeSWITCH"
    ),
    "{} is not loaded": "{} 没有加载",
    "install it and load it in autoload_configs/modules.conf.xml (now: load {})": (
        "请安装，并写进 autoload_configs/modules.conf.xml（现在可执行：load {}）"
    ),
    "the SIP profile {} is not running": "SIP profile {} 没有运行",
    "see freeswitch.log (is its port in use?), then: {}": "请看 freeswitch.log（端口被占用？），然后：{}",
    "SIP listens on {}: everybody who reaches it can call the site's numbers": "SIP 监听 {}：能连到的人都能拨打号码",
    "let only the phones and the trunk through the firewall": "请让防火墙只放行话机和中继",
    "{} of profile {} is {}: {}": "profile {1} 的 {0} 是 {2}：{3}",
    "not set": "未设置",
    "a caller that sends no sound blocks its call for ever": "不发声音的来电会永远卡住",
    "calls are lost when FreeSWITCH crashes": "FreeSWITCH 崩溃时通话会丢失",
    "anybody can register as an agent": "任何人都能冒充坐席注册",
    "any password is accepted": "任何密码都会被接受",
    "browser phones cannot connect": "网页电话连不上",
    "calls of phones that died stay for ever": "断掉的话机的通话永远不结束",
    "the event socket listens on {}: who guesses the password owns the switch": (
        "事件套接字监听 {}：猜中密码的人就能控制交换机"
    ),
    "set listen-ip to 127.0.0.1 and restart FreeSWITCH": "请把 listen-ip 设为 127.0.0.1，并重启 FreeSWITCH",
    "the dialplan has no context zongji: no call reaches the daemon": "拨号方案没有上下文 zongji：来电到不了守护进程",
    "the dialplan sends calls to {}, the daemon listens on {}": "拨号方案把来电送到 {}，守护进程却监听 {}",
    "the number {} is not in the dialplan": "拨号方案里没有号码 {}",
    "agent {} is not in the directory of {}": "{1} 的目录里没有坐席 {0}",
    "agent {} has another SIP password in the directory than in the site's secrets": (
        "坐席 {} 在目录里的 SIP 密码与站点的不同"
    ),
    "{} is missing: a waiting caller hears a gap": "缺少 {}：等候的来电者会听到空白",
}


@lru_cache(maxsize=1)
def _sentences() -> Sentences:
    return Sentences(
        {**all_sentences(), **TOLD, **SPEECH, **REFUSALS, **CHANNELS, **HABITS, **FOUND, **DOCTOR, **FREESWITCH}
    )


def finding_in(text: str, language: str) -> str:
    """What a command says, in ``zh`` or ``en``."""
    return _sentences().translate(text) if language == "zh" else text
