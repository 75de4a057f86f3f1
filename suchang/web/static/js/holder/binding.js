/** Binding: tells the issuer of this phone's key once, and fetches the credential that is bound to it. */

import { provePossession, publicJwk } from '../../credentials/presentation.js';
import { call, freshKey } from '../api.js';
import { say } from '../words.js';
import { clock } from './code.js';

/** Where the holder's own credentials are given out. */
export const CARD = '/api/v1/me/card';

/**
 * Register this phone unless that was done; gives the device's id. Throws the answer that went wrong.
 *
 * @param {import('../../credentials/presentation.js').Wallet} wallet
 * @returns {Promise<string>}
 */
export async function register(wallet) {
  const known = await wallet.get('device');
  if (known) return known;
  const pair = await wallet.deviceKey();
  const asked = await need(call('/api/v1/me/card/devices/challenge', { method: 'POST', body: {} }));
  clock.learn(asked.date, asked.sentAt);
  const { nonce, audience } = asked.body;
  const proof = await provePossession(pair, { audience, nonce, now: clock.now });
  const body = { name: phoneName(), jwk: await publicJwk(pair), proof };
  const made = await need(call('/api/v1/me/card/devices', { method: 'POST', body, key: freshKey() }));
  await wallet.put('device', made.body.id);
  return made.body.id;
}

/**
 * Fetch a credential for this phone; null when the issuer does not know the phone, or whose code it is, any more.
 *
 * @param {string} device
 * @param {string} owner `CARD`, or the address of a dependant
 * @returns {Promise<{token: string, expiresAt: string} | null>}
 */
export async function fetchCredential(device, owner) {
  const body = { assurance: 'device', device };
  const answer = await call(`${owner}/credentials`, { method: 'POST', body, key: freshKey() });
  if (answer.status === 404) return null;
  const issued = await need(Promise.resolve(answer));
  return { token: issued.body.sd_jwt, expiresAt: issued.body.expires_at };
}

/** Ask for a code that the server makes, for a browser that can't keep a key. @param {string} owner as above */
export async function fetchOnlineCode(owner) {
  return need(call(`${owner}/credentials`, { method: 'POST', body: { assurance: 'online' }, key: freshKey() }));
}

async function need(answering) {
  const answer = await answering;
  if (!answer.ok) throw answer;
  return answer;
}

function phoneName() {
  const known = [[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/HarmonyOS|OpenHarmony/, 'HarmonyOS'], [/Android/, 'Android'],
    [/Windows/, 'Windows'], [/Macintosh/, 'Mac']];
  return known.find(([pattern]) => pattern.test(navigator.userAgent))?.[1] ?? say('this_device');
}
