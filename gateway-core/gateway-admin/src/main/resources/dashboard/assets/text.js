// English and Chinese; keys are the English words.
const CHINESE = {
  Coverage: "覆盖率", Devices: "设备", Alarms: "告警", Flow: "数据流", "Dead letters": "死信", Live: "实时",
  window: "窗口", figure: "指标", connection: "在线率", reporting: "上报率", completeness: "传输率", validity: "有效率",
  effective: "传输有效率", timeliness: "及时率", plan: "建设率", provisional: "暂定", final: "最终",
  "Sites by sector": "各行业站点", Trend: "趋势", "Worst devices": "最差设备",
  "nothing expected": "无应报设备", expected: "应报", connected: "在线", trend: "趋势", factory: "工厂", farm: "农场", "public-service": "公共服务", emergency: "应急", "gateway was away": "网关停机",
  device: "设备", sector: "行业", site: "站点", model: "型号", interval: "间隔", "last seen": "最近联系", "last sample": "最近数据",
  due: "应收", filled: "实收", good: "有效", state: "状态", stopped: "已停运", lost: "失联", returned: "恢复", registered: "注册",
  retired: "退役", moved: "迁移", resumed: "恢复运行", time: "时间", what: "事件", search: "搜索", all: "全部", metric: "指标",
  value: "值", unit: "单位", quality: "质量", "last hour": "近一小时", "Last values": "最新数值", "Last refusals": "最近拒绝", reason: "原因",
  detail: "详情", topic: "主题", "Coverage by metric": "各指标覆盖率", "nothing seen yet": "尚无数据", none: "无", close: "关闭",
  "rotate password": "更换密码", "issue token": "签发令牌", "revoke credentials": "吊销凭证", retire: "退役", session: "会话", sessions: "会话数", yes: "是", no: "否",
  connections: "连接数", "accepted/s": "接收/秒", accepted: "已接收", refused: "已拒绝", "Refused by reason": "拒绝原因", lane: "通道",
  records: "记录", held: "占用", fill: "占用率", "hours left at this rate": "按此速率剩余小时", Spool: "缓存", Upstreams: "上游", name: "名称",
  "records/s": "记录/秒", backlog: "积压", "time to drain": "清空时间", "last error": "最近错误", Ledger: "台账", upstream: "上游", delivered: "已送达",
  queued: "排队", dropped: "丢弃", balances: "平衡", "does not balance": "不平衡", "not growing": "未增长", forwarded: "已转发",
  payload: "报文", text: "文本", hex: "十六进制", profile: "设备模板", preview: "试解析", accept: "接收", "Try a profile again": "用模板重试",
  "class": "类别", filter: "过滤", pause: "暂停", go: "继续", "waiting for records": "等待数据", "no alarms": "无告警", severity: "严重程度",
  acknowledge: "确认", clear: "清除", note: "备注", active: "激活", acknowledged: "已确认", cleared: "已清除", open: "未清除", raised: "发生时间",
  "Admin token": "管理令牌", "Sign in": "登录", "Sign out": "退出登录", "signed out, as nobody was here": "长时间无操作，已退出登录", "the admin token is wanted": "请输入管理令牌", "wrong token": "令牌错误",
  "the gateway cannot be reached; trying again": "无法连接网关，正在重试", "your role may not do this": "您的角色无此权限",
  "this gateway does not have this": "此网关不提供该功能", loading: "加载中", more: "更多", "no devices": "无设备", theme: "主题", ready: "就绪", "not ready": "未就绪",
  "first page": "首页", "next page": "下一页", "new password": "新密码", "old one valid for": "旧密码有效期", "Approved stops": "批准停运",
  from: "起", until: "止", over: "已结束", "end stop": "结束停运", "add stop": "添加停运", "for": "对象", escalated: "已升级", supervision: "监视", coverage: "覆盖率",
  "without a beginning it begins now, without an end it lasts until it is ended": "不填起始即刻开始，不填结束则直到手动结束",
  Endpoints: "接入端点", adapter: "适配器", type: "类型", address: "地址", links: "连接设备", "next attempt": "下次尝试", listening: "监听中",
  // a fleet
  Gateways: "网关", region: "区域", version: "版本", lag: "延迟", silent: "失联", "not-ready": "未就绪", "of the fleet is not in it": "的设备群未计入", "does not answer": "无应答", "some parts still read what came before": "部分分区仍在追赶",
  "no part of the fleet has answered yet": "尚无分区应答", trouble: "故障程度", "clock off": "时钟偏差",
  // the frame
  "to the content": "跳到内容", metrics: "监控指标", "times are of": "时间所用时区：", "not reached": "无法连接", "not renewed": "数据未更新",
  "The figures are not renewed.": "数据未更新。", "What is shown is of": "当前显示的是", ago: "前的数据", "interrupted; trying again": "连接中断，正在重试",
  viewer: "只读", operator: "操作员", administrator: "管理员", of: "共", "page before": "上一页", "by order of": "排序",
  "more were not shown": "条未显示", kind: "种类", notification: "通知", "notification waiting": "待送", "notification delivered": "已送达", "notification failed": "失败",
  "the gateway has no such one; take the stop down all the same?": "网关没有此对象，仍要登记停运吗？",
  Changes: "变更", "older ones of a kind are not kept": "同类更早的未保留",
  Try: "试解析", "Try a payload": "试解析报文", "It goes the way of a message; nothing is stored.": "按正常消息处理，不保存。", as: "按", try: "解析",
  "these are no hex digits": "不是十六进制", dialect: "方言", "kept as bad": "以无效质量保留", "no metric takes": "未匹配字段", "did not come": "缺少指标",
  // words of the API
  now: "当前", "1h": "1 小时", "24h": "24 小时", "30d": "30 天", "0s": "立即失效",
  Extreme: "特别重大", Severe: "重大", Moderate: "较大", Minor: "一般", Unknown: "未知", Exercise: "演练", Test: "测试", Actual: "实际",
  gateway: "网关", link: "链路", telemetry: "遥测", event: "事件", alarm: "告警", commissioned: "已投运", planned: "规划中",
  "quality good": "良好", "quality uncertain": "可疑", "quality bad": "无效",
  connecting: "连接中", waiting: "等待重试", stalled: "停滞", paused: "已暂停", parked: "已停用",
  "not-authenticated": "认证失败", "not-authorized": "无权限", "unmapped-topic": "主题未映射", "payload-invalid": "报文无法解析",
  "unsupported-content-type": "不支持的内容类型", "too-large": "过大", quota: "超出配额", "protocol-error": "协议错误", overload: "过载",
  internal: "内部错误", "upstream-refused": "上游拒绝", "unknown-child": "未知子设备",
  overflow: "溢出", expired: "过期", damaged: "损坏", "consumer-behind": "消费者落后",
  "open stops": "批准停运", "since the start": "自启动", by: "按", text_none: "无",
};

const FORMULAS = {
  plan: ["commissioned ÷ planned devices", "已投运 ÷ 规划设备"],
  connection: ["reachable ÷ expected; MQTT: a live session; without sessions: heard within 3·I + g", "可达 ÷ 应报；MQTT 看会话，否则 3·I + g 内有联系"],
  reporting: ["devices with a sample whose own time is in the window ÷ expected", "窗口内有采样的设备 ÷ 应报设备"],
  completeness: ["filled slots ÷ due slots; due = the slots of each metric whose centre lies in W, outside stops and outages of the gateway", "实收 ÷ 应收；应收 = 各指标中心落在 W 内、且不在停运与网关停机内的时隙"],
  validity: ["filled slots of quality good ÷ filled slots", "有效 ÷ 实收"],
  effective: ["completeness × validity = good ÷ due", "传输率 × 有效率 = 有效 ÷ 应收"],
  timeliness: ["samples with rx − t ≤ L ÷ received", "rx − t ≤ L 的样本 ÷ 接收样本"],
  hoursLeft: ["room beside what upstreams lack ÷ its growth in bytes per second, over 5 minutes; 0 while the lane is full", "除待转发数据外的剩余字节 ÷ 近 5 分钟增长速率；通道已满时为 0"],
  drain: ["backlog ÷ (records sent per second)", "积压 ÷ 发送速率"],
  ledger: ["accepted = delivered + queued + dropped", "已接收 = 已送达 + 排队 + 丢弃"],
  rate: ["records accepted in the last 10 s ÷ 10 s", "近 10 秒接收 ÷ 10 秒"],
};

export let language = localStorage.getItem("language")
  ?? (navigator.languages.find((each) => /^(zh|en)/.test(each)) ?? "en").slice(0, 2);

export function setLanguage(wanted) {
  language = wanted;
  localStorage.setItem("language", wanted);
  document.documentElement.lang = wanted === "zh" ? "zh-CN" : "en";
}

export const t = (text) => (language === "zh" && Object.hasOwn(CHINESE, text) ? CHINESE[text] : text);

// A word of the API that means something else elsewhere: the family tells which.
export function word(family, value) {
  const key = `${family} ${value}`;
  return language === "zh" && Object.hasOwn(CHINESE, key) ? CHINESE[key] : t(value);
}
export const formula = (key) => FORMULAS[key]?.[language === "zh" ? 1 : 0] ?? "";
