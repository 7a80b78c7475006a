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
  return (key, values = {}) =>
    (WORDS[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
