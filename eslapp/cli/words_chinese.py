"""What the commands about flows, queues and sites say, in Chinese; a sentence that is not here stays English.

``{}`` stands for what differs. Not here: finding the sentence (``findings_chinese``), what ``check`` finds (``ivr``).
"""

from __future__ import annotations

REFUSALS = {  # the one line a command ends with
    "{} has problems ({}); correct these first": "{} 有 {} 个问题；请先改正",
    "{} is no flow: name one of its flows ({}), or the site's folder": (
        "{} 不是流程：请给出它的一个流程（{}），或站点的文件夹"
    ),
    "{}: no flow of the site {}; its flows are {}": "{}：站点 {} 没有这个流程；有 {}",
    "none": "无",
    "nothing has been published yet; zongji run does": "还没有发布过；zongji run 会发布",
    "{} cannot happen now: {} waits for {}": "现在不会发生 {}：{} 在等 {}",
    '--at {}: write it like "2026-10-01 10:00"': '--at {}：请写成 "2026-10-01 10:00"',
    "{}: write NAME=VALUE": "{}：请写 名称=值",
    "--answer {}: write STEP=JSON, such as: {}": "--answer {}：请写 步骤=JSON，例如：{}",
    "--answer {}: it cannot be read as JSON ({})": "--answer {}：不是可读的 JSON（{}）",
    "neither {...} nor one word": "既不是 {...}，也不是一个词",
    "a queue does not end so": "队列不会这样结束",
    "--repro {}: tests stand beside flows; write {}": "--repro {}：测试与流程放在一起；请写 {}",
    "--repro {}: cannot read it: {}": "--repro {}：读不了：{}",
    "--repro {}: it has mistakes already: {}": "--repro {}：其中已有错误：{}",
    "--repro {}: it tests the flow {}; write {}": "--repro {}：它测试的是流程 {}；请写 {}",
    "--repro {}: 'tests:' is not a list of two spaces at its end; add the lines above by hand": (
        "--repro {}：文件末尾的 'tests:' 不是缩进两个空格的列表；请手工加入上面的内容"
    ),
    "say what comes back with: --answer {}": "请用 --answer {} 给出回答",
    "the end: {}": "结束：{}",
    "queue {}": "排队：{}",
    "sends by {}: {}": "通过 {} 发送：{}",
    "fault: {}": "故障：{}",
    "press {}": "按 {}",
    "write {}": "写 {}",
    "speak {}": "说 {}",
    "answer {}": "回答 {}",
    "hang_up": "挂机",
    "crash": "守护进程重启",
    "fails": "办不到",
    "the end of the sound": "放音结束",
    "keys": "按键",
    "silence": "不应答",
    "a text": "文字",
    "words": "语音",
    "the end of the wait": "排队结束",
    "an answer": "回答",
    "a result": "结果",
    "{}: it cannot be read as JSON ({}); write {}": "{}：不是可读的 JSON（{}）；请写 {}",
    "{}: these are no answers by step; write {}": "{}：不是按步骤写的回答；请写 {}",
    "{}: no number of site.yaml leads to the flow {}; add one under numbers": (
        "{}：site.yaml 里没有号码通往流程 {}；请在 numbers 下加一个"
    ),
    "SIPp is not installed: apt-get install sip-tester": "没有安装 SIPp：apt-get install sip-tester",
    "SIPp sends RFC 4733 digits through a raw socket: run this as root": (
        "SIPp 通过原始套接字发送 RFC 4733 按键：请以 root 运行"
    ),
    "{}: {}; is the folder yours?": "{}：{}；这个文件夹是您的吗？",
    "refused; revision {} stays in force": "未发布；修订 {} 继续生效",
    "there is no revision {}; {}; see: zongji flow history": "没有修订 {}；{}；请看：zongji flow history",
    "the files of revision {} are no longer kept; see: zongji flow history": (
        "修订 {} 的文件已不再保存；请看：zongji flow history"
    ),
    "{}: several interactions begin so ({}); write more letters": "{}：有几次交互以此开头（{}），请多写几位",
    "nobody answers SIP at {}; start the site: zongji run --test-calls (it prints where calls come in)": (
        "{} 没有 SIP 应答；请先启动站点：zongji run --test-calls（它会打印来电地址）"
    ),
    "{}: no such interaction; list them with: zongji interaction ls": "{}：没有这次交互；见 zongji interaction ls",
    "{}: no such ticket; list them with: zongji ticket ls": "{}：没有这个工单；请用 zongji ticket ls 列出",
    "site.yaml has mistakes: {}; {}": "site.yaml 有错误：{}；{}",
    "site.yaml has mistakes already: {}; {}": "site.yaml 里已有错误：{}；{}",
    "the site has no queue {}; {}": "站点没有队列 {}；{}",
    "the site has no channel {}; {}": "站点没有渠道 {}；{}",
    "the site has no agent {}; {}": "站点没有坐席 {}；{}",
    "{} is a {} channel already": "{} 已经是 {} 渠道",
    "{} is a {} channel: nobody delivers to it from outside": "{} 是 {} 渠道：外面不会有人投递",
    "the site is not running; start it with: {}": "站点没有运行；请用 {} 启动",
    "the site is not running; start it, or name the switch with --url HOST:PORT": (
        "站点没有运行；请启动它，或用 --url 主机:端口 指明交换机"
    ),
    "the site is not running here; start it with: zongji run, or name a switch with --server host:port": (
        "站点没有在这里运行；请用 zongji run 启动，或用 --server 主机:端口 指明交换机"
    ),
    "{}: the site is not running; start it with: {}": "{}：站点没有运行；请用 {} 启动",
    "{}: the site has mistakes; see: {}": "{}：站点有错误；请看：{}",
    "the files of {} have mistakes; see: {}": "{} 的文件有错误；请看：{}",
    "{}: no site.yaml there; name the site's folder with --site, or make the demo's with: zongji demo": (
        "{}：那里没有 site.yaml；请用 --site 给出站点文件夹，或用 zongji demo 生成演示站点"
    ),
    "{} does not answer; is the site running? start it with: zongji run": (
        "{} 没有应答；站点在运行吗？请用 zongji run 启动"
    ),
    "{} is not an extension; two to six digits": "{} 不是分机；请写二到六位数字",
    "{} is {} already": "{} 已经是 {}",
    "not added: {}; {}": "没有添加：{}；{}",
    "not taken up: {}": "未采用：{}",
    "name one event by its number (zongji inbox ls), or say --all": "请写事件编号（zongji inbox ls），或写 --all",
    "{}: no line '{}:' with its entries below it; add this there by hand: {}": (
        "{}：没有 '{}:' 这一行及其下的条目；请手工加上：{}"
    ),
}
SPEECH = {  # of ``recordings``
    "asr: model for '{}' not found; looked in {}; run '{}' or set {}": (
        "没有 '{}' 的语音识别模型；找过 {}；请运行 '{}'，或设置 {}"
    ),
}
TOLD = {  # what a command tells on its way
    "{}: sections and lists: {}, problems: {}": "{}：段落和列表 {} 个，问题 {} 个",
    "tried out on {} %: {}; {}": "灰度试行 {} %：{}；{}",
    "the files as they are were refused: {}": "当前文件未生效：{}",
    "revision {} for everybody": "全部使用修订 {}",
    "revision {} for {} % of the contacts": "修订 {} 给 {} % 的客户试行",
    "revision {} is in force": "修订 {} 已生效",
    "revision {} is in force at the next start": "修订 {} 下次启动时生效",
    "the replaced files are kept in {}": "被替换的文件保存于 {}",
    "{} names its schema now": "{} 已注明结构",
    "{}: {} schemas written": "{}：已写入 {} 个结构",
    "{}: scenarios: {}, that cannot be placed: {}": "{}：场景 {} 个，无法安排 {} 个",
    "{} of {} paths passed": "{} / {} 条路径通过",
    "added to {}; run it with: zongji check --tests": "已写入 {}；用 zongji check --tests 运行",
    "path: {}": "路径：{}",
    "now at {} {}, waits for {}": "停在 {} {}，等待 {}",
    "not used: {} ({} does not wait for it)": "没有用上：{}（{} 不等它）",
    "the flow": "流程",
    "Enter: say nothing | /hangup: hang up | /fail: it cannot be done | /crash: the daemon restarts | /quit: leave": (
        "回车：不作声 | /hangup：挂机 | /fail：做不成 | /crash：守护进程重启 | /quit：退出"
    ),
    "queue (served/full/closed/no_agents/timeout/left)": "队列结果（served/full/closed/no_agents/timeout/left）",
    "answer ({})": "应答（{}）",
    "keys or words": "按键或说话",
    "keys": "按键",
    "words": "文字",
    "number": "编号",
    "when": "时间",
    "by": "谁",
    "why": "原因",
    "changed": "改动",
    "revision": "修订",
    "in force": "生效",
    "from {} s in line: {}": "等候 {} 秒起要求：{}",
    "{} wait at most": "最多 {} 人等候",
    "for {} s at most": "最长等 {} 秒",
    "where who cannot wait goes ({}): {}": "不能等候者的去处（{}）：{}",
    "nobody is overtaken by one who comes more than {} s later": "晚来超过 {} 秒的人不会排到前面",
    "announced waits that ended in their range: {}": "预计等候落在范围内：{}",
    "announced places nobody was served before out of turn: {}": "报出的位次没有被插队：{}",
    "winner {}": "选中 {}",
    "rules {}": "规则版本 {}",
    "nobody": "无人",
    "candidate {}: {}": "候选 {}：{}",
    "not {}: {}": "未选 {}：{}",
    "{} {} ({}), place {}: winner {}": "{} {}（{}），第 {} 位：选中 {}",
}
