// JSON whose whole numbers keep their digits: what a double cannot hold stays text.
const TOO_LONG = /[:,[\s]-?(?:9\d{15}|\d{17,})/;
const TOKENS = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

const keep = (token) =>
  token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`;

export const parse = (text) => JSON.parse(TOO_LONG.test(text) ? text.replace(TOKENS, keep) : text);
