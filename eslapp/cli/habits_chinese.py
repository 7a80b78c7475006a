"""What ``zongji channel check`` finds beside the providers' own answers, and the table of ``test``, in Chinese.

Not here: what providers are asked (``channels_chinese``), finding the sentence (``findings_chinese``).
"""

from __future__ import annotations

HEADINGS = {  # of tables
    "name": "名称",
    "type": "类型",
    "flow": "流程",
    "hook": "回调地址",
    "problem": "问题",
    "habit": "做法",
    "wanted": "应得",
    "status": "状态",
    "seconds": "秒",
    "verdict": "结论",
}
HABITS = {
    "good": "正常",
    "BAD": "不对",
    "cut off": "断开",
    " or ": " 或 ",
    "its answer": "正确的应答",
    "handshake": "握手",
    "forged: {}": "伪造：{}",
    "no {}": "缺 {}",
    "wrong {}": "{} 有误",
    "signature": "签名",
    "one bit of the body changed": "正文改了一个比特",
    "garbage instead of a body": "正文是乱码",
    "a body of 4 MB": "4 MB 的正文",
    "a packed body": "压缩的正文",
    "a genuine event": "真实事件",
    "the same event again": "同一事件再来一次",
    "the same event {} times at once": "同一事件同时来 {} 次",
}
FOUND = {
    # our address, and what came meanwhile
    "the public address {} is not https: providers deliver to https alone; correct --public-url": (
        "公网地址 {} 不是 https：服务商只向 https 推送；请改正 --public-url"
    ),
    "all {} deliveries since the daemon began were refused ({}); {}": "守护进程启动以来的 {} 次推送全被拒绝（{}）；{}",
    "envelope": "解密",
    "verify token": "验证令牌",
    "aes_key, or the appid or corpid, is not the one in the provider's console": (
        "aes_key（或 appid、corpid）与服务商后台的不一致"
    ),
    "verify_token is not the one typed into the app's webhook settings": "verify_token 与应用 webhook 设置里填的不一致",
    "{} is not the provider's, or a proxy changes requests": "{} 与服务商的不一致，或代理改动了请求",
    "the provider cannot be asked: {}; may this machine reach it?": "无法询问服务商：{}；本机能连到它吗？",
}
