/**
 * Challenge mode: the desk shows a code of its own, the holder's phone opens it and answers with a proof made for this
 * desk alone. A relayed code, or one made ahead of time, can't answer.
 */

import { drawQr, qrSvg } from '../../credentials/qr_code.js';
import { call } from '../api.js';
import { say } from '../words.js';
import { make, showWaiting } from './verdict_view.js';

const HEX = (byte) => byte.toString(16).padStart(2, '0').toUpperCase();

/** Write a challenge as an address in capitals, which a QR code holds well: 32 hexadecimal digits and the partner. */
export function challengeAddress(origin, { nonce, audience }) {
  const bytes = Uint8Array.from(atob(nonce.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
  const partner = audience.split('_').at(-1);
  return `${origin.toUpperCase()}/C/${[...bytes].map(HEX).join('')}/${partner.toUpperCase()}`;
}

/** Ask for a challenge and show it; gives it with the moment at which it dies, or null. */
export async function startChallenge() {
  const answer = await call('/api/v1/verifications/challenges', { method: 'POST', body: {} });
  if (!answer.ok) return null;
  showWaiting({ word: say('challenge'), why: say('challenge_why') });
  const picture = make('div', 'challenge');
  picture.innerHTML = qrSvg(drawQr(challengeAddress(location.origin, answer.body), { version: 4 }), say('challenge'));
  document.getElementById('details').replaceChildren(picture);
  return { nonce: answer.body.nonce, until: Date.now() + answer.body.expires_in * 1000 };
}
