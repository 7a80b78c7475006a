// The workbench's texts in both languages.

import { memory } from "./api.js";

const EN = {
  workbench: "Agent workbench", signIn: "Sign in", login: "Extension", password: "Password", signingIn: "Signing in…",
  signOut: "Sign out", other: "中文", otherLabel: "切换到中文", ended: "Your session has ended. Please sign in again.",
  presence: "Your state", available: "Available", break: "Break", offline: "Offline", rna: "Missed",
  missed: "You missed a conversation, so nobody is sent to you.", backNow: "I am back",
  chooseReason: "Why are you away?", phone_ready: "Phone ready", phone_passed: "Phone ready, tested", phone_unregistered: "Phone off",
  phone_untested: "Phone not tested: no calls yet", phone_testing: "Testing: press 1 when you hear it", phone_unanswered: "The test was not answered",
  phone_unheard: "Nobody pressed 1 in the test: check the headset, then test again and press 1 when you hear it", phone_mute: "We hear nothing from your phone: test again, say a word, and press 1", testPhone: "Test",
  phoneOff: "No calls reach you: your phone is off. Sign your softphone in as extension {extension}.", chatsOnly: "Chats only for now",
  phoneOffHere: "No calls reach you: no phone is signed in as extension {extension}. Use this browser as the phone, or sign your softphone in.",
  testPhoneMore: "Your phone rings; press 1 when you hear the question", lineLive: "Live", lineLost: "Reconnecting…",
  lineLostMore: "No connection to the service. Calls go on; what you see here may be old. Trying again…", noAnswer: "The service did not answer. Try again when the connection is back.",
  phoneHere: "Browser phone", phoneUse: "Use this browser as phone", phoneStarting: "Browser phone starting…",
  phoneReady: "Browser phone ready", phoneLost: "Browser phone reconnecting…", answer: "Answer", mute: "Mute", unmute: "Unmute",
  hold: "Hold", unhold: "Resume", keypad: "Keypad", callComes: "Incoming call", callGoes: "Calling…", callHeld: "On hold",
  callMuted: "On the call, microphone off", tryAgain: "Try again", answerHere: "Answer here, in the browser",
  trouble_micRefused: "This page may not use the microphone. Allow it in the site settings beside the address, then try again.",
  trouble_micMissing: "No microphone was found. Plug in a headset, then try again.",
  trouble_micInsecure: "Browsers allow the microphone only on https pages. Ask your administrator for the https address.",
  trouble_micFailed: "The microphone could not be opened. Does another program use it?",
  trouble_refused: "The switch did not accept this extension. Sign in again; if that does not help, tell your administrator.",
  trouble_unsupported: "This browser cannot make calls. Use a current Chrome, Edge, Firefox or Safari.",
  trouble_noService: "The browser phone is not available at the moment.",
  siteRefused: "The site's files have mistakes, so the last good revision serves on:",
  moreMistakes: "and {n} more; zongji check shows all",
  soundOn: "Sound on", soundOff: "Sound off", notAgent: "You are signed in without an agent's desk.",
  queues: "Queues", waiting: "waiting", longest: "longest", ready: "ready", readyForCalls: "for calls", talking: "talking",
  offers: "For you", accept: "Accept", decline: "Decline", othersAsked: "Colleagues are asked too: the first to accept has it", othersRung: "Colleagues are called too: the first to answer has it", answerByPhone: "Your phone is ringing: pick it up to answer",
  waited: "waited {time}", work: "Conversations", noWork: "No open conversation",
  newMessage: "New voice message", voiceMessage: "Voice message", callBackAt: "Call back:",
  newCall: "New call", visitor: "Visitor {tail}", unknownCaller: "Withheld number", unread: "{n} unread",
  connecting: "Connecting…", connected: "In conversation", wrap_up: "Wrap-up", ringing: "Ringing",
  calm: "All calm", calmMore: "New conversations come by themselves.",
  asked: "Waiting for your answer: {n}", askedMore: "Accept or decline under “{offers}”.",
  away: "You are away", awayMore: "Choose “Available” above to receive conversations.",
  keys: "Alt+A accepts, Alt+D declines, Alt+1…9 changes the conversation",
  conversation: "Conversation", details: "Contact", close: "Close", end: "End conversation", hangUp: "Hang up",
  message: "Write a message", send: "Send", sending: "Sending…", notSent: "Not sent. Press to try again.", again: "Send again",
  quick: "Quick replies", flow: "Assistant", system: "System", you_joined: "{agent} joined",
  joined: "Waiting in {queue}", backInLine: "Not taken: back in line in {queue}", endedBy_agent: "You ended the conversation", endedBy_contact: "The contact left",
  endedBy_switch: "The connection ended", state_queued: "queued", state_sending: "sending", state_sent: "sent",
  state_delivered: "delivered", state_read: "read", state_failed: "failed", state_unknown: "unclear if it arrived",
  colon: ": ", state_recalled: "recalled", unknownMore: "It may have arrived: sending again may show it twice.", partsSent: "{sent} of its {of} parts were sent. Sending again sends the others only.",
  elsewhere: "Answered elsewhere", typing: "The contact is writing", attach: "Send a picture or file", download: "Download",
  cannotWrite: "No message can be sent now", windowLeft: "{left} of {of} left, until {until}", windowUntil: "You may answer until {until}", windowPerson: "The time to answer is over; as a person you may still answer until {until}",
  send_template: "Send template “{name}”", send_card: "Send card “{name}”", notTaken: "This channel does not take “{name}”.", asLink: "Send a link to it",
  fetchAgain: "Fetch again", file_pending: "{kind} is being fetched…", file_failed: "could not be fetched", file_refused: "was not accepted: too large, gone or not allowed",
  kind_image: "Picture", kind_audio: "Voice message", kind_video: "Video", kind_file: "File", kind_location: "Location", kind_link: "Link", kind_card: "Card",
  kind_sticker: "Sticker", kind_contact: "Contact card", kind_template: "Template", kind_form: "Before the chat", kind_mail: "Mail",
  people_only_list: "Came by a list: nothing is sent to it automatically; only you answer.", people_only_asked: "Asks for no automatic answers: only you answer.", people_only_deaf: "From an address of machines: nothing is sent to it automatically; only you answer.",
  kind_recalled: "The contact took this message back", kind_unknown: "A message of a kind that cannot be shown here",
  event_follow: "The contact followed", event_unfollow: "The contact unfollowed", event_enter: "The contact opened the conversation", event_start: "The contact started the conversation",
  event_scan: "The contact scanned a code", event_menu: "The contact pressed a menu item", event_view: "The contact opened a page by the menu", event_mention: "The contact mentioned us in public",
  event_menu_scan: "The contact scanned a code by the menu", event_menu_picture: "The contact chose pictures by the menu", event_menu_location: "The contact chose a place by the menu", event_location: "Where the contact is", event_session_taken: "An agent took the session in WeCom", event_session_moved: "The session went to another agent in WeCom", event_session_ended: "The session ended in WeCom", event_other: "Event: {name}",
  form_name: "Name", form_phone: "Phone", form_email: "E-mail", form_order: "Order",
  "err_twilio-30003": "The phone is switched off or out of reach", "err_twilio-30005": "The carrier does not know the number", "err_twilio-30006": "A landline, or a carrier that takes no messages",
  "err_twilio-30007": "The carrier filtered the message as unwanted", "err_twilio-30008": "The carrier gave no reason", "err_whatsapp-131049": "WhatsApp limits such messages to this contact; do not repeat it", "err_whatsapp-131053": "WhatsApp could not take the file",
  "err_window-over": "The time to answer is over: wait for the contact, or send a template", "err_quota-used": "All answers are used until the contact writes again", "err_quota-short": "This is more messages than are left: nothing of it was sent",
  err_blocked: "the contact does not take our messages", "err_bad-address": "the provider does not know this contact", "err_too-long": "too long for this channel", "err_twilio-30003": "the telephone cannot be reached", "err_twilio-30007": "the carrier held it back as advertising", "err_media-ended": "the provider lost the file",
  "err_rate-limited": "too many messages at once", "err_account-broken": "the channel's account is not working, tell your administrator",
  "err_not-supported": "this channel cannot show it", "err_not-convertible": "the file cannot be made into what this channel takes", "err_no-answer": "the provider did not answer", "err_session-elsewhere": "a colleague answers this contact in WeCom", err_internal: "an error on our side",
  "err_the daemon ended while sending": "the service restarted while sending",
  same: "The same person?", sameBy: "the same {what}", scope_thread: "thread: one answers what went to the other", scope_tel: "phone number", scope_email: "e-mail address", scope_member: "member number", answerBy: "answer by {until}", merge: "Join", notSame: "Not the same", merged: "Joined with another contact", undo: "Undo",
  transfer: "Transfer", consult: "Consult", invite: "Add colleague", callContact: "Call", cancel: "Cancel", complete: "Hand over",
  threeWay: "Three-way", backToContact: "Back to the contact", leaveToThem: "Leave it to them", dropThird: "Drop the third",
  to_transfer: "Transfer to", to_consult: "Ask whom first?", to_invite: "Add whom?", chooseTarget: "Choose…",
  number: "Telephone number", dial: "Dial", inCall: "In this conversation", byChannel: "Channel", textToContact: "Text message to the contact",
  talk_held: "The contact is on hold", guest_ringing: "Calling {name}…", guest_consulted: "Talking with {name}; the contact is on hold",
  guest_joined: "{name} is in the conversation", guest_listening: "listening", guest_whispering: "whispering", guest_barging: "in the call",
  promise: "Call back later", promiseTo: "Call which number later?", when: "When?", when_soon: "after this talk", when_half: "in half an hour", when_hour: "in an hour",
  when_tomorrow: "tomorrow, {at}", when_choose: "choose a time…", byMe: "ask me first", promised: "Callback promised: {number}, {at}",
  chatLink: "Chat link", chatLinkMore: "Sends a link, good once, that opens our chat as this contact", chatLinkText: "Go on in our chat:",
  liveCalls: "Calls now", do_listen: "Listen", do_whisper: "Whisper", do_barge: "Barge in", do_takeover: "Take over",
  floor: "Floor", agents: "Agents", colleagues: "Colleagues", queue: "Queue", waitingNow: "Waiting", longestWait: "Longest wait", inTalk: "In talk",
  readyOf: "Free / here / staff", level: "Service level, last hour", target: "target {share} in {seconds} s",
  levelMore: "{in_time} of {answered} answered in time; {late} left or wait too long",
  doing_available: "Free", doing_ringing: "Being rung", doing_talking: "In conversation", doing_wrap_up: "Wrap-up", doing_rna: "Missed an offer", doing_break: "On a break", doing_offline: "Offline",
  noCalls: "Nobody is on a call.", callbacks: "Callbacks", noCallbacks: "Nobody waits to be called back.", callAt: "to be called at {at}", callSoon: "to be called soon",
  inLine: "in line", tries: "tried {n} times", callOff: "Call off", then: "then: {presence}",
  afterWork: "When my present work is done", nextIs: "Afterwards: {presence}", nextCancel: "Stay instead", moreTime: "Need more time",
  leave: "Leave conversation", guestOf: "You are a guest in the conversation of {name}", liftTo: "Call which number?", orNumber: "or a telephone number", written: "Written meanwhile",
  onCall: "On the call", callOver: "Call ended", recording: "Recording", recorded: "Recorded",
  truncated: "Recording incomplete", missing: "No recording", transcript: "Transcript", transcribing: "Transcribing…",
  noTranscript: "No transcript: {error}", heardBy: "heard by {engine}", path: "Through the menu", side_contact: "Contact", side_agent: "Agent",
  listen: "Listen", wrapUp: "Wrap up", outcome: "How did it end?", notes: "Notes", notesHint: "What the next colleague should know",
  closesIn: "closes by itself in {time}", save: "Save and finish",
  contact: "Contact", language: "Language", addresses: "Reached by", history: "History", noHistory: "First contact",
  results: "Results", ticket: "Ticket {number}", ticket_new: "new", ticket_open: "in work", ticket_solved: "solved",
  survey: "Survey: {score} of {best}", low: "low", verified_number: "Known by number", verified_member: "Verified by member number",
  verified_code: "Verified by one-time code",
  why: "Why did this come to me?", whyMore: "Everybody who was weighed", lang_zh: "Chinese", lang_en: "English",
  channel_voice: "Phone", channel_webchat: "Web chat", channel_wechat: "WeChat", channel_wecom_kf: "WeCom", channel_wechat_miniprogram: "Mini program", channel_sms_twilio: "SMS", channel_whatsapp_meta: "WhatsApp", channel_whatsapp_twilio: "WhatsApp", channel_email: "E-mail", channel_line: "LINE", channel_telegram: "Telegram", channel_messenger: "Messenger", channel_douyin: "Douyin", channel_weibo: "Weibo", outcome_handled: "Handled", outcome_abandoned: "Left while waiting",
  outcome_callback: "Callback promised", outcome_cancelled: "Called off", outcome_not_reached: "Not reached", channel_callback: "Callback", channel_outbound: "Call by us", channel_voicemail: "Voice message",
  outcome_self_service: "Self-service", outcome_overflowed: "Sent elsewhere", outcome_lost: "Lost", open: "open",
  tabWork: "Work", tabTalk: "Conversation", tabSide: "Contact", menuKey: "key {key}", chosen: "chosen", noNotes: "No notes",
};

const ZH = {
  workbench: "坐席工作台", signIn: "登录", login: "分机号", password: "密码", signingIn: "正在登录…",
  signOut: "退出", other: "English", otherLabel: "Switch to English", ended: "登录已失效，请重新登录。",
  presence: "我的状态", available: "可接待", break: "小休", offline: "离线", rna: "未接",
  missed: "您错过了一次会话，系统已暂停为您分配。", backNow: "我回来了",
  chooseReason: "离开原因", phone_ready: "话机就绪", phone_passed: "话机就绪，已测试", phone_unregistered: "话机离线",
  phone_untested: "话机未测试，暂不来电", phone_testing: "测试中：听到后请按1", phone_unanswered: "测试未接听",
  phone_unheard: "测试中没有按 1：请检查耳麦后重测，听到提示即按 1", phone_mute: "听不到您话机的声音：请重测，对着话机说话并按 1", testPhone: "测试",
  phoneOff: "话机离线，您接不到来电。请用分机号 {extension} 登录您的软电话。", chatsOnly: "暂时只接文字会话",
  phoneOffHere: "分机 {extension} 没有话机在线，您接不到来电。可用本浏览器接听，或登录您的软电话。",
  testPhoneMore: "您的话机会振铃，听到提示后按 1", lineLive: "已连接", lineLost: "正在重连…",
  lineLostMore: "与服务的连接已断开。通话不受影响，但页面内容可能不是最新的，正在重连…", noAnswer: "服务没有应答，请在连接恢复后重试。",
  phoneHere: "网页电话", phoneUse: "用本浏览器接听电话", phoneStarting: "网页电话启动中…",
  phoneReady: "网页电话就绪", phoneLost: "网页电话重连中…", answer: "接听", mute: "静音", unmute: "取消静音",
  hold: "保持", unhold: "恢复通话", keypad: "拨号盘", callComes: "来电", callGoes: "正在呼叫…", callHeld: "通话保持中",
  callMuted: "通话中，麦克风已关闭", tryAgain: "重试", answerHere: "可直接在浏览器中接听",
  trouble_micRefused: "本页面无权使用麦克风。请在地址栏旁的网站设置中允许，然后重试。",
  trouble_micMissing: "没有找到麦克风。请插入耳麦后重试。",
  trouble_micInsecure: "浏览器只允许 https 页面使用麦克风。请向管理员索取 https 地址。",
  trouble_micFailed: "无法打开麦克风，是否被其他程序占用？",
  trouble_refused: "交换机不接受该分机。请重新登录；若仍无效，请联系管理员。",
  trouble_unsupported: "此浏览器不能通话。请使用新版 Chrome、Edge、Firefox 或 Safari。",
  trouble_noService: "网页电话暂时不可用。",
  siteRefused: "站点文件有错误，系统继续使用上一个正确的修订：",
  moreMistakes: "还有 {n} 个；用 zongji check 查看全部",
  soundOn: "提示音开", soundOff: "提示音关", notAgent: "当前账号没有坐席席位。",
  queues: "队列", waiting: "等待", longest: "最长", ready: "空闲", readyForCalls: "可接电话", talking: "接待中",
  offers: "新邀请", accept: "接受", decline: "拒绝", othersAsked: "同时邀请了其他同事，先接受者接待", othersRung: "同时呼叫了其他同事，先接听者接待", answerByPhone: "您的话机正在振铃，请拿起话机接听",
  waited: "已等 {time}", work: "我的会话", noWork: "暂无进行中的会话",
  newMessage: "新留言", voiceMessage: "语音留言", callBackAt: "回电：",
  newCall: "新来电", visitor: "访客 {tail}", unknownCaller: "号码未知", unread: "{n} 条未读",
  connecting: "正在接通…", connected: "进行中", wrap_up: "整理中", ringing: "振铃中",
  calm: "一切就绪", calmMore: "新会话会自动送达。",
  asked: "{n} 个邀请等您答复", askedMore: "请在“{offers}”中接受或拒绝。",
  away: "您当前不在线", awayMore: "请在上方选择“可接待”开始接待。",
  keys: "Alt+A 接受，Alt+D 拒绝，Alt+1…9 切换会话",
  conversation: "会话", details: "客户", close: "关闭", end: "结束会话", hangUp: "挂断",
  message: "请输入消息", send: "发送", sending: "发送中…", notSent: "发送失败，点击重试", again: "重新发送",
  quick: "快捷回复", flow: "智能助手", system: "系统", you_joined: "{agent} 已接入",
  joined: "进入“{queue}”队列", backInLine: "未接起，回到“{queue}”队列", endedBy_agent: "您已结束会话", endedBy_contact: "客户已离开",
  endedBy_switch: "连接已断开", state_queued: "待发送", state_sending: "发送中", state_sent: "已发送",
  state_delivered: "已送达", state_read: "已读", state_failed: "发送失败", state_unknown: "结果未知",
  colon: "：", state_recalled: "已撤回", unknownMore: "对方可能已收到，重新发送可能会重复。", partsSent: "分 {of} 条发送，已发出 {sent} 条。重新发送只发其余部分。",
  elsewhere: "其他渠道回复", typing: "客户正在输入", attach: "发送图片或文件", download: "下载",
  cannotWrite: "当前无法发送消息", windowLeft: "还可回复 {left} 条（共 {of} 条），截至 {until}", windowUntil: "可回复至 {until}", windowPerson: "回复时限已过，人工客服仍可回复至 {until}",
  send_template: "发送模板“{name}”", send_card: "发送卡片“{name}”", notTaken: "该渠道不支持发送“{name}”。", asLink: "改为发送链接",
  fetchAgain: "重新获取", file_pending: "{kind}获取中…", file_failed: "获取失败", file_refused: "未能接收：过大、已失效或不允许",
  kind_image: "图片", kind_audio: "语音消息", kind_video: "视频", kind_file: "文件", kind_location: "位置", kind_link: "链接", kind_card: "卡片",
  kind_sticker: "表情", kind_contact: "名片", kind_template: "模板消息", kind_form: "会话前填写", kind_mail: "邮件",
  people_only_list: "来自邮件列表：系统不会自动回复，只由您答复。", people_only_asked: "对方不接收自动回复：只由您答复。", people_only_deaf: "来自系统类地址：不会自动回复，只由您答复。",
  kind_recalled: "客户撤回了一条消息", kind_unknown: "暂不支持显示此类消息",
  event_follow: "客户已关注", event_unfollow: "客户已取消关注", event_enter: "客户进入会话", event_start: "客户开始会话",
  event_scan: "客户扫描了二维码", event_menu: "客户点击了菜单", event_view: "客户通过菜单打开了页面", event_mention: "客户在公开微博中提到了我们",
  event_menu_scan: "客户通过菜单扫了码", event_menu_picture: "客户通过菜单选了图片", event_menu_location: "客户通过菜单选了位置", event_location: "客户的位置", event_session_taken: "企业微信中有客服接入了会话", event_session_moved: "会话在企业微信中转给了另一位客服", event_session_ended: "会话在企业微信中已结束", event_other: "事件：{name}",
  form_name: "姓名", form_phone: "电话", form_email: "邮箱", form_order: "订单号",
  "err_twilio-30003": "对方手机关机或不在服务区", "err_twilio-30005": "运营商查无此号码", "err_twilio-30006": "固定电话，或该运营商不支持短信",
  "err_twilio-30007": "被运营商判为垃圾信息拦截", "err_twilio-30008": "运营商未说明原因", "err_whatsapp-131049": "WhatsApp 限制向该客户发送此类消息，请勿重发", "err_whatsapp-131053": "WhatsApp 无法接收该文件",
  "err_window-over": "回复时限已过，请等待客户来信或发送模板消息", "err_quota-used": "可回复条数已用完，需等客户再次来信", "err_quota-short": "要分成的条数超过剩余可回复条数，整条未发送",
  err_blocked: "客户已拒收我方消息", "err_bad-address": "服务商找不到该客户", "err_too-long": "超出该渠道的长度限制", "err_twilio-30003": "对方手机暂时无法接通", "err_twilio-30007": "被运营商当作广告拦截", "err_media-ended": "服务商丢失了文件",
  "err_rate-limited": "发送过于频繁", "err_account-broken": "渠道账号异常，请联系管理员",
  "err_not-supported": "该渠道不支持此内容", "err_not-convertible": "文件无法转换成该渠道支持的格式", "err_no-answer": "服务商没有应答", "err_session-elsewhere": "同事正在企业微信中接待该客户", err_internal: "系统内部错误",
  "err_the daemon ended while sending": "发送时服务重启",
  same: "是否同一人？", sameBy: "{what}相同", scope_thread: "会话：一方回复了发给另一方的消息", scope_tel: "电话号码", scope_email: "邮箱", scope_member: "会员号", answerBy: "请于 {until} 前回复", merge: "合并", notSame: "不是同一人", merged: "已与另一联系人合并", undo: "撤销",
  transfer: "转接", consult: "咨询", invite: "邀请同事", callContact: "拨打电话", cancel: "取消", complete: "完成转接",
  threeWay: "三方通话", backToContact: "回到客户", leaveToThem: "退出并移交", dropThird: "移除第三方",
  to_transfer: "转接到", to_consult: "咨询谁？", to_invite: "邀请谁？", chooseTarget: "请选择…",
  number: "电话号码", dial: "拨号", inCall: "会话操作", byChannel: "渠道", textToContact: "给客户发短信",
  talk_held: "客户保持中", guest_ringing: "正在呼叫 {name}…", guest_consulted: "正在与 {name} 通话，客户保持中",
  guest_joined: "{name} 已加入会话", guest_listening: "监听中", guest_whispering: "耳语中", guest_barging: "已插话",
  promise: "预约回拨", promiseTo: "稍后回拨哪个号码？", when: "回拨时间", when_soon: "本次通话后", when_half: "半小时后", when_hour: "一小时后",
  when_tomorrow: "明天 {at}", when_choose: "选择时间…", byMe: "优先分配给我", promised: "已预约回拨：{number}，{at}",
  chatLink: "聊天链接", chatLinkMore: "发送一次性链接，客户点开即以本人身份进入在线客服", chatLinkText: "点此进入在线客服：",
  liveCalls: "进行中的通话", do_listen: "监听", do_whisper: "耳语", do_barge: "强插", do_takeover: "接管",
  floor: "现场", agents: "坐席", colleagues: "同事", queue: "队列", waitingNow: "等待", longestWait: "最长等待", inTalk: "接待中",
  readyOf: "空闲 / 在岗 / 全部", level: "服务水平（近一小时）", target: "目标 {seconds} 秒内 {share}",
  levelMore: "及时接通 {in_time}，共接通 {answered}；{late} 位超时离开或仍在等待",
  doing_available: "空闲", doing_ringing: "振铃中", doing_talking: "接待中", doing_wrap_up: "话后整理", doing_rna: "未接暂停", doing_break: "小休", doing_offline: "离线",
  noCalls: "当前没有通话。", callbacks: "待回拨", noCallbacks: "没有等待回拨的客户。", callAt: "预约 {at} 回拨", callSoon: "即将回拨",
  inLine: "排队中", tries: "已尝试 {n} 次", callOff: "取消回拨", then: "随后：{presence}",
  afterWork: "处理完手头工作后", nextIs: "随后：{presence}", nextCancel: "取消", moreTime: "延长时间",
  leave: "退出会话", guestOf: "您受邀参与 {name} 的会话", liftTo: "拨打哪个号码？", orNumber: "或电话号码", written: "通话期间的消息",
  onCall: "通话中", callOver: "通话结束", recording: "录音中", recorded: "已录音",
  truncated: "录音不完整", missing: "无录音", transcript: "通话文字", transcribing: "正在转写…",
  noTranscript: "无转写：{error}", heardBy: "由 {engine} 识别", path: "菜单路径", side_contact: "客户", side_agent: "坐席",
  listen: "回放", wrapUp: "话后整理", outcome: "处理结果", notes: "备注", notesHint: "写给下一位同事的信息",
  closesIn: "{time} 后自动关闭", save: "保存并完成",
  contact: "客户", language: "语言", addresses: "联系方式", history: "历史记录", noHistory: "首次联系",
  results: "办理结果", ticket: "工单 {number}", ticket_new: "新建", ticket_open: "处理中", ticket_solved: "已解决",
  survey: "评价：{score}/{best}", low: "低分", verified_number: "号码已识别", verified_member: "会员号已核实",
  verified_code: "验证码已核实",
  why: "为什么分配给我？", whyMore: "参与比较的坐席", lang_zh: "中文", lang_en: "英语",
  channel_voice: "电话", channel_webchat: "网页聊天", channel_wechat: "微信公众号", channel_wecom_kf: "微信客服", channel_wechat_miniprogram: "小程序", channel_sms_twilio: "短信", channel_whatsapp_meta: "WhatsApp", channel_whatsapp_twilio: "WhatsApp", channel_email: "邮件", channel_line: "LINE", channel_telegram: "Telegram", channel_messenger: "Messenger", channel_douyin: "抖音", channel_weibo: "微博", outcome_handled: "已处理", outcome_abandoned: "排队中离开",
  outcome_callback: "已约回拨", outcome_cancelled: "已取消", outcome_not_reached: "未接通", channel_callback: "回拨", channel_outbound: "外呼", channel_voicemail: "语音留言",
  outcome_self_service: "自助完成", outcome_overflowed: "已转出", outcome_lost: "异常中断", open: "进行中",
  tabWork: "工作", tabTalk: "会话", tabSide: "客户", menuKey: "按键 {key}", chosen: "选中", noNotes: "无备注",
};

const TEXTS = { en: EN, zh: ZH };

export function firstLanguage() {
  const asked = new URLSearchParams(location.search).get("lang") || memory.read("language") || navigator.language || "en";
  return asked.toLowerCase().startsWith("zh") ? "zh" : "en";
}

// Who chose a language by hand has chosen: a reload does not go back to the one in the address.
export function forgetAsked() {
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  history.replaceState(history.state, "", url);
}

export function words(language) {
  const texts = TEXTS[language];
  const t = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  t.in = (other, key) => (TEXTS[other] || texts)[key]; // what the contact is to read
  t.has = (key) => key in texts;
  t.language = language;
  t.pick = (labels, otherwise = "") => labels?.[language] || labels?.en || labels?.zh || otherwise;
  return t;
}

// By which channel somebody came: "WeChat"; a call is seen to be one.
export const channelOf = (one, t) => (one.medium === "voice" ? "" : t.has(`channel_${one.channel}`) ? t(`channel_${one.channel}`) : one.channel);

// How a contact is called when nobody knows the name.
export function who(interaction, t) {
  const person = interaction.person;
  if (person?.name) return person.name;
  const isVoice = interaction.medium === "voice" || interaction.channel === "voicemail";
  const written = person?.addresses?.find(([scope]) => scope.startsWith("webchat:")); // who calls from the chat page has no number
  if (isVoice && (interaction.subject || !written)) return interaction.subject || t("unknownCaller");
  const address = (isVoice ? written : person?.addresses?.[0])?.[1] || interaction.id;
  return t("visitor", { tail: address.slice(-4).toUpperCase() });
}
