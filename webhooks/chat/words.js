// The texts of the chat page, in both languages; which one is shown.

const WORDS = {
  en: {
    title: "Chat with us", start: "Start the chat", hello: "Hello!", placeholder: "Write a message",
    send: "Send", end: "End chat", endSure: "End this chat?", yesEnd: "Yes, end it", keep: "Keep chatting",
    welcome: "Hello! How can we help you today?", welcomeMore: "Write to us, or press the button to begin.",
    over: "This chat has ended.", again: "Start a new chat", you: "You", assistant: "Assistant",
    connecting: "Connecting…", lost: "Connection lost, trying again…",
    bot: "Our assistant is here", waiting: "You are in the queue", place: "You are number {position} in the queue",
    talking: "{name} is with you", wrap: "This chat has ended", idle: "We are here for you",
    away: "Nobody is available right now; the assistant is",
    sending: "Sending…", failed: "Not sent. Press to try again.", left: "{n} characters left",
    other: "中文", otherLabel: "切换到中文", choices: "Choose an answer", conversation: "Conversation",
    refused: "This chat cannot be continued here.", attach: "Send a picture or file", typing: "Somebody is writing", read: "Read",
    byTelephone: "By telephone", callMe: "We call you:", orCallMe: "Or we call you:", yourNumber: "Your telephone number", callMeNow: "Call me",
    promised: "We will call you: {number}", pleaseCall: "Please call me: {number}",
    call: "Call {phone}", callUs: "Call us:", callCode: "and enter the code", callUntil: "(good once, until {until})", close: "Close", askFirst: "A few questions first, so that we can help you sooner.", optional: "(optional)",
    voiceCall: "Call", voiceCallLabel: "Call us from this page (voice)", callOpens: "Opening the microphone…", callGoes: "Calling…", callUp: "On a call", callMuted: "Microphone off",
    mute: "Mute", unmute: "Unmute", keypad: "Keypad", hangUp: "Hang up", callAgain: "Call again",
    call_micRefused: "This page may not use the microphone. Allow it in the settings beside the address, then call again.",
    call_micMissing: "No microphone was found. Plug one in, then call again.", call_micFailed: "The microphone could not be opened. Does another program use it?",
    call_micInsecure: "Browsers allow calls only on https pages.", call_unsupported: "This browser cannot make calls. Use a current Chrome, Edge, Firefox or Safari.",
    call_noNetwork: "There is no connection to the telephone service. Check your network, then call again.", call_busy: "All lines are busy. Call again a little later, or write to us here.",
    call_failed: "The call could not be made. Call again, or write to us here.", call_lost: "The connection of the call was lost.",
    filePending: "{name}: being sent…", fileGone: "{name} is not available", fileTooLarge: "{name} is larger than 10 MB.",
  },
  zh: {
    title: "在线客服", start: "开始咨询", hello: "您好！", placeholder: "请输入消息",
    send: "发送", end: "结束会话", endSure: "确定结束本次会话吗？", yesEnd: "结束", keep: "继续聊",
    welcome: "您好！请问有什么可以帮您？", welcomeMore: "直接输入问题，或点击按钮开始咨询。",
    over: "本次会话已结束。", again: "开始新的咨询", you: "我", assistant: "智能助手",
    connecting: "正在连接…", lost: "连接中断，正在重试…",
    bot: "智能助手为您服务", waiting: "您正在排队", place: "您排在第 {position} 位",
    talking: "{name} 正在为您服务", wrap: "会话已结束", idle: "我们随时为您服务",
    away: "人工客服暂时不在，智能助手可先为您服务",
    sending: "发送中…", failed: "发送失败，点击重试", left: "还可输入 {n} 字",
    other: "English", otherLabel: "Switch to English", choices: "请选择", conversation: "会话内容",
    refused: "无法在此继续本次会话。", attach: "发送图片或文件", typing: "对方正在输入", read: "已读",
    byTelephone: "电话沟通", callMe: "我们打给您：", orCallMe: "或由我们打给您：", yourNumber: "您的电话号码", callMeNow: "给我回电",
    promised: "我们会致电：{number}", pleaseCall: "请给我回电：{number}",
    call: "拨打 {phone}", callUs: "请拨打：", callCode: "接通后输入代码", callUntil: "（一次有效，{until} 前）", close: "关闭", askFirst: "请先填写以下信息，以便我们更快为您服务。", optional: "（选填）",
    voiceCall: "语音通话", voiceCallLabel: "在本页进行语音通话", callOpens: "正在打开麦克风…", callGoes: "正在呼叫…", callUp: "通话中", callMuted: "麦克风已关闭",
    mute: "静音", unmute: "取消静音", keypad: "按键", hangUp: "挂断", callAgain: "重新呼叫",
    call_micRefused: "本页面无权使用麦克风。请在地址栏旁的网站设置中允许，然后重新呼叫。",
    call_micMissing: "没有找到麦克风，请接上后重新呼叫。", call_micFailed: "无法打开麦克风，是否被其他程序占用？",
    call_micInsecure: "浏览器只允许在 https 页面上通话。", call_unsupported: "此浏览器不能通话，请使用新版 Chrome、Edge、Firefox 或 Safari。",
    call_noNetwork: "无法连接电话服务，请检查网络后重新呼叫。", call_busy: "线路繁忙，请稍后再呼，或在此留言。",
    call_failed: "呼叫未能接通，请重新呼叫，或在此留言。", call_lost: "通话连接已中断。",
    filePending: "{name}：发送中…", fileGone: "{name} 已无法查看", fileTooLarge: "{name} 超过 10 MB。",
  },
};

const ASKED = new URLSearchParams(location.search).get("lang") || "";
const CHOICE = `zj-chat-language${ASKED && `:${ASKED}`}`; // what the visitor chose instead of what this page asks for

export function firstLanguage() {
  const told = chosen() || ASKED || navigator.language || "en";
  return told.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function keepLanguage(language) {
  try { localStorage.setItem(CHOICE, language); } catch { /* not remembered, then */ }
}

function chosen() {
  try { return localStorage.getItem(CHOICE); } catch { return ""; } // storage may be forbidden inside a frame
}

export function words(language) {
  const t = (key, values = {}) => (WORDS[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  t.language = language;
  return t;
}
