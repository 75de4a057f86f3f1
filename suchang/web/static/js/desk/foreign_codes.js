/** What a code is that is no card's, by its form: a desk that names it saves the question. */

const KINDS = [
  ['wechat_pay', /^1[0-5]\d{16}$|^wxp:\/\//i],
  ['alipay', /^(?:2[5-9]|30)\d{14,22}$|^https:\/\/qr\.alipay\.com\//i],
  ['unionpay', /^62\d{17}$|^https:\/\/qr\.95516\.com\//i],
  ['wechat', /^https?:\/\/(?:u|weixin|w)\.(?:wechat\.com|weixin\.qq\.com|qq\.com)\/|^weixin:/i],
  ['other_version', /^SC\d+:/],
  ['address', /^https?:\/\//i],
  ['barcode', /^\d{8,14}$/],
];

/** Name a text that is no card's code. @param {string} text @returns {string} one of the kinds, or `other` */
export function foreignKind(text) {
  return KINDS.find(([, form]) => form.test(text.trim()))?.[0] ?? 'other';
}

/** Tell whether a text claims to be a card's code. @param {string} text */
export function isOurs(text) {
  return text.startsWith('SC1:');
}
