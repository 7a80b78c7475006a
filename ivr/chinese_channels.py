"""What is wrong with the options of channels, in Chinese. Not here: finding it (``webhooks.option_faults``)."""

from __future__ import annotations

OPTIONS = {
    "is missing": "没有填写",
    "is empty": "是空的",
    "is a number": "是数字",
    "write it in quotes: {}": "请加引号：{}",
    "the value of {} characters": "（共 {} 个字符的值）",
    "{} is not what it must be: {}": "{} 不对，应为：{}",
    "{} is too short: at least {} characters": "{} 太短：至少 {} 个字符",
    "{} is no whole number": "{} 不是整数",
    "{} is too small: at least {}": "{} 太小：至少 {}",
    "{} is too large: at most {}": "{} 太大：最多 {}",
    "wx and 16 letters or digits": "wx 加 16 位字母或数字",
    "ww and 16 letters or digits": "ww 加 16 位字母或数字",
    "3 to 32 letters or digits": "3 到 32 位字母或数字",
    "43 letters or digits": "43 位字母或数字",
    "letters, digits, _ and -": "字母、数字、_ 和 -",
    "at least {} characters": "至少 {} 个字符",
    "digits alone": "纯数字",
    "5 to 20 digits": "5 到 20 位数字",
    "AC and 32 hexadecimal digits": "AC 加 32 位十六进制数字",
    "MG and 32 hexadecimal digits": "MG 加 32 位十六进制数字",
    "a number with its country: {}": "带国家码的号码：{}",
    "the number, the colon and the letters that @BotFather gave": "@BotFather 给出的数字、冒号和字母",
    "16 to 256 letters, digits, _ and -": "16 到 256 位字母、数字、_ 和 -",
    "an address that begins with https://": "以 https:// 开头的地址",
    "a mail address: {}": "邮箱地址：{}",
    "a host, or host:port": "主机名，或 主机名:端口",
    "udp, tcp or tls": "udp、tcp 或 tls",
    "a list": "列表",
    "a string": "文字",
    "token or refresh_token is needed: of the account that answers": "需要应答账号的 token 或 refresh_token",
    "arrives: {} needs {}": "arrives: {} 还需要 {}",
    "hook_password: at least {} characters": "hook_password：至少 {} 个字符",
    "each secret must be whsec_ and the Base64 of 24 to 64 random bytes": (
        "每个密钥应为 whsec_ 加 24 到 64 个随机字节的 Base64"
    ),
    "{} is no address; write 203.0.113.7 or 203.0.113.0/28": "{} 不是地址；请写成 203.0.113.7 或 203.0.113.0/28",
    "{} is too wide for one carrier; name the addresses it signals from": "{} 对一家运营商来说太宽；请列出其信令地址",
    "mode {} needs the account's EncodingAESKey as aes_key": "mode {} 需要把账号的 EncodingAESKey 写成 aes_key",
}
