"""What ``zongji channel`` says and finds, in Chinese. Not here: finding the sentence (``findings_chinese``)."""

from __future__ import annotations

CHANNELS = {
    "every channel is well": "所有渠道都正常",
    "nothing to try": "没有可试的",
    "the site has no channels; add one with: zongji channel add": "站点没有渠道；请用 zongji channel add 添加",
    "{} is in {}; put your own values there": "{} 已写入 {}；请填上您自己的值",
    "secrets go into the environment, or under env in secrets.json: {}": (
        "密钥请放进环境变量，或写进 secrets.json 的 env：{}"
    ),
    "then render the switch's configuration again, and: {}": "然后重新渲染交换机配置，并运行：{}",
    "tell the provider: {}; then: {}": "请告诉服务商：{}；然后：{}",
    "{} stands for the address the site is reached by: zongji run --public-url": (
        "{} 代表本站的公网地址：zongji run --public-url"
    ),
    "nobody answers at {}; is the site running, and the proxy in front of it?": (
        "{} 没有应答；站点在运行吗？前面的反向代理呢？"
    ),
    "the site is not running; start it with: {}": "站点没有运行；请用它启动：{}",
    "{} is a {} channel: nobody delivers to it from outside": "{} 是 {} 渠道：外面没有谁向它推送",
    # the entry
    "nobody has told {}": "没有给出 {}",
    "set it in the environment or under env in secrets.json": "请设环境变量，或写进 secrets.json 的 env",
    "a secret does not belong in the file": "密钥不该写在文件里",
    "write {}: $(env.NAME)": "请写 {}: $(env.名称)",
    "there is no key {}": "没有键 {}",
    "write {}: {}": "请写 {}: {}",
    "{}: nobody has told {}; set it in the environment or under env in secrets.json": (
        "{}：没有给出 {}；请设环境变量，或写进 secrets.json 的 env"
    ),
    "{}: a secret does not belong in the file; write {}: $(env.NAME)": "{}：密钥不该写在文件里；请写 {}: $(env.名称)",
    "{}: there is no key {}; {}": "{}：没有键 {}；{}",
    # asking
    "stable_token: {}; {}": "stable_token：{}；{}",
    "gettoken: {}; {}": "gettoken：{}；{}",
    "see the console": "请看平台后台",
    "add this machine's address to the account's IP list": "请把本机地址加进账号的 IP 白名单",
    "the day's API quota is used; clear_quota works ten times a month": "当日接口额度已用完；clear_quota 每月可用十次",
    "the account may not send customer-service messages: only verified service accounts may": (
        "该账号无权发送客服消息：只有已认证的服务号可以"
    ),
    "the appid is wrong: copy it from the console ({})": "appid 有误：请从后台（{}）复制",
    "the secret is wrong: reset it in the console ({}) and copy it": "secret 有误：请在后台（{}）重置并复制",
    "the secret has {} characters, an AppSecret has {}: copy it again": (
        "secret 有 {} 个字符，AppSecret 应为 {} 个：请重新复制"
    ),
    "the corpid is wrong: copy it from {}": "corpid 有误：请从 {} 复制",
    "the secret is wrong: it is that of the app under {}": "secret 有误：应为“{}”里那个应用的 secret",
    "the account is limited by WeChat": "该账号被微信限制",
    "add this machine's address to the app's trusted IPs": "请把本机地址加进应用的可信 IP",
    "check corpid and secret": "请检查 corpid 和 secret",
    "the app may not use {} ({}); add it under 微信客服 > 可调用接口的应用": (
        "该应用不能使用 {}（{}）；请在“微信客服 > 可调用接口的应用”中添加"
    ),
    "the app sees {}": "该应用可见 {}",
    "the IMAP server refuses user and password; many providers want an app password (授权码)": (
        "IMAP 服务器拒绝用户名和密码；很多服务商要用授权码"
    ),
    "IMAP: {}; is imap_host right?": "IMAP：{}；imap_host 对吗？",
    "the SMTP server refuses user and password; many providers want an app password (授权码)": (
        "SMTP 服务器拒绝用户名和密码；很多服务商要用授权码"
    ),
    "SMTP: {}; are smtp_host and smtp_port right?": "SMTP：{}；smtp_host 和 smtp_port 对吗？",
    "mode is {}: bodies are not signed; choose 安全模式 in the console": "mode 是 {}：消息体不签名；请在后台选安全模式",
    "refresh_token: {}; check client_key, or let the account authorise the app again": (
        "refresh_token：{}；请检查 client_key，或让账号重新授权"
    ),
    "without refresh_token the token ends after 15 days; put the account's refresh_token there too": (
        "没有 refresh_token，token 15 天后失效；请把账号的 refresh_token 也填上"
    ),
    "the account's permission ends in {} days; let it authorise the app again": "账号授权还剩 {} 天；请让它重新授权",
    "Weibo refuses the token ({}); take a new one from the fan service's developer page": (
        "微博拒绝 token（{}）；请在粉丝服务的开发者页面取新的"
    ),
    "it has ended": "已过期",
    "without uid we would answer what is written to other accounts of the app; write uid: {}": (
        "没有 uid，写给同一应用其他账号的私信也会被应答；请写 uid: {}"
    ),
    "the token is that of {}, uid is {}; take both from the same account": (
        "token 属于 {}，uid 却是 {}；两者应来自同一账号"
    ),
    "without url nobody gets our answers; write url: the address of your system": (
        "没有 url，回复无处可送；请填 url：您系统的地址"
    ),
    "{} is not https: our messages could be read on the way; correct url": (
        "{} 不是 https：消息可能在途中被读；请改正 url"
    ),
    "{} answers {}; correct url": "{} 应答 {}；请改正 url",
    "the channel access token is refused; issue a new one in the LINE Developers console": (
        "channel access token 被拒绝；请在 LINE Developers 后台重新签发"
    ),
    "the webhook is {}; set it to {}": "webhook 是 {}；请设为 {}",
    "not set": "未设置",
    "nowhere": "无处",
    "{} of this month's {} messages are used; then nothing goes out: take a larger plan in time": (
        "本月 {} 条（共 {} 条）已用；用完即无法发送，请及时升级套餐"
    ),
    "oauth: {}; let the mailbox's owner authorise the app again": "oauth：{}；请让邮箱所有者重新授权应用",
    "the webhook is switched off; switch on 'Use webhook' and 'Webhook redelivery'": (
        "webhook 已关闭；请打开 'Use webhook' 和 'Webhook redelivery'"
    ),
    "Meta refuses the page's token; make a new one in the app's Messenger settings": (
        "Meta 拒绝主页的 token；请在应用的 Messenger 设置里重新生成"
    ),
    "no app is subscribed to the page; add the webhook again and subscribe the page": (
        "没有应用订阅该主页；请重新添加 webhook 并订阅主页"
    ),
    "Meta refuses the token ({}); make a permanent one for a system user in the business settings": (
        "Meta 拒绝 token（{}）；请在商务设置里为系统用户生成永久 token"
    ),
    "Meta does not know phone_id {} ({}); take it from {}": "Meta 查不到 phone_id {}（{}）；请从 {} 复制",
    "Meta does not know page_id {} ({}); take it from the page's settings": (
        "Meta 查不到 page_id {}（{}）；请从主页设置里复制"
    ),
    "Meta refuses app_secret ({}); take it from the app's basic settings": (
        "Meta 拒绝 app_secret（{}）；请从应用的基本设置里复制"
    ),
    "we refuse what LINE delivers; secret is not the channel secret of the LINE Developers console": (
        "LINE 的推送被我们拒绝；secret 不是 LINE Developers 后台的 channel secret"
    ),
    "LINE cannot deliver: {}; is this site reachable by https from outside?": (
        "LINE 送不到：{}；外面能用 https 连到本站吗？"
    ),
    "we refuse what Telegram delivers ({}); call setWebhook with secret_token set to secret": (
        "Telegram 的推送被我们拒绝（{}）；请调用 setWebhook，secret_token 填 secret 的值"
    ),
    "Twilio refuses sid and token; copy both from the console": "Twilio 拒绝 sid 和 token；请从控制台复制",
    "the account has no number {}; correct number in site.yaml": "账号没有号码 {}；请改正 site.yaml 里的 number",
    "the number's {} go to {}; set its webhook to {}": "该号码的{}送到 {}；请把它的 webhook 设为 {}",
    "messages": "短信",
    "calls": "来电",
    "the bot's token is refused ({}); take a new one from @BotFather": (
        "机器人的 token 被拒绝（{}）；请向 @BotFather 取新的"
    ),
    "the bot's webhook is {}; call setWebhook with {}": "机器人的 webhook 是 {}；请调用 setWebhook 设为 {}",
    "Telegram could not deliver: {}; is this site reachable by https from outside?": (
        "Telegram 送不到：{}；外面能用 https 连到本站吗？"
    ),
    # trunks
    "addresses is empty: no call of this trunk is let in; list where the carrier's calls come from": (
        "addresses 为空：该中继的来电都进不来；请列出运营商来电的地址"
    ),
    "sign_on: yes needs user and password": "sign_on: yes 需要 user 和 password",
    "host {} is not known to DNS ({}); correct host in site.yaml": "DNS 查不到 {}（{}）；请改正 site.yaml 里的 host",
    "{} is {}, none of addresses; calls from there are taken for a stranger's": (
        "{} 是 {}，不在 addresses 里；从那里来的呼叫会被当作陌生人"
    ),
    "{} answers no OPTIONS within {} s; may this machine reach it (UDP)?": (
        "{} 在 {} 秒内没有应答 OPTIONS；本机能连到它吗（UDP）？"
    ),
}
