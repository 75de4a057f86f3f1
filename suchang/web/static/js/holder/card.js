/**
 * The holder's card: binds this phone once, then draws a fresh code every thirty seconds, with or without a network.
 *
 * What can be seen is one of the blocks `data-when` in the code's place: binding, unbound, code, online, wrong.
 */

import { CorrectedClock, RENEWAL, Wallet, present, provePossession, publicJwk } from '../../credentials/presentation.js';
import { drawQr, qrSvg } from '../../credentials/qr_code.js';
import { call, freshKey } from '../api.js';
import { say } from '../words.js';

/** Milliseconds in which a desk's challenge is answered. */
const CHALLENGE_LIFE = 60_000;
const RENEW_BEFORE = 30 * 86_400_000;
const card = document.getElementById('card');
const place = document.getElementById('code');
const live = document.getElementById('live');
const ring = card.querySelector('.ring .run');
const clock = new CorrectedClock();
let challengedAt = 0;
let wallet = null;
let shown = { credential: null, key: null, drawnAt: 0, timer: 0 };

function show(what) {
  for (const block of place.querySelectorAll('[data-when]')) block.hidden = block.dataset.when !== what;
  card.dataset.shows = what;
}

async function openWallet() {
  const opened = await Wallet.open();
  const kept = await opened.get('card');
  if (kept && kept !== card.dataset.card) await opened.clear();
  await opened.put('card', card.dataset.card);
  return opened;
}

async function bind() {
  show('binding');
  try {
    const pair = await wallet.deviceKey();
    const device = (await wallet.get('device')) ?? (await register(pair));
    await renew(device);
  } catch (problem) {
    fail(problem);
  }
}

async function register(pair) {
  const challenge = await need(call('/api/v1/me/card/devices/challenge', { method: 'POST', body: {} }));
  clock.learn(challenge.date, challenge.sentAt);
  const { nonce, audience } = challenge.body;
  const proof = await provePossession(pair, { audience, nonce, now: clock.now });
  const body = { name: phoneName(), jwk: await publicJwk(pair), proof };
  const made = await need(call('/api/v1/me/card/devices', { method: 'POST', body, key: freshKey() }));
  await wallet.put('device', made.body.id);
  return made.body.id;
}

async function renew(device) {
  const body = { assurance: 'device', device };
  const answer = await call('/api/v1/me/card/credentials', { method: 'POST', body, key: freshKey() });
  if (answer.status === 404) {
    await wallet.clear();
    await wallet.put('card', card.dataset.card);
    show('unbound');
    return;
  }
  const issued = await need(Promise.resolve(answer));
  await wallet.put('credential', { token: issued.body.sd_jwt, expiresAt: issued.body.expires_at });
  await wallet.put('checked', Date.now());
  await start();
}

async function need(answering) {
  const answer = await answering;
  if (!answer.ok) throw answer;
  return answer;
}

function fail(problem) {
  const text = problem?.status === 0 ? say('offline_bind') : say('bind_failed');
  place.querySelector('[data-when="wrong"] p').textContent = text;
  show('wrong');
}

function phoneName() {
  const known = [[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/HarmonyOS|OpenHarmony/, 'HarmonyOS'], [/Android/, 'Android'],
    [/Windows/, 'Windows'], [/Macintosh/, 'Mac']];
  return known.find(([pattern]) => pattern.test(navigator.userAgent))?.[1] ?? say('this_device');
}

async function start() {
  const kept = await wallet.get('credential');
  const pair = await wallet.deviceKey();
  shown.credential = kept.token;
  shown.key = pair.privateKey;
  await draw();
  show('code');
  clearInterval(shown.timer);
  shown.timer = setInterval(tick, 1000);
  keepAwake();
}

async function draw() {
  const text = await present(shown.credential, shown.key, clock.now, challengeNow());
  const picture = place.querySelector('[data-when="code"]');
  picture.innerHTML = qrSvg(drawQr(text), say('code_label'));
  picture.dataset.text = text;
  shown.drawnAt = clock.now;
  performance.mark('code-drawn');
}

/** The challenge of a desk that this phone has just scanned, for a minute; it came in the address, after `#`. */
function challengeNow() {
  const found = /^#c=([A-Za-z0-9_-]{22})\.(par_[0-9a-z]{26})$/.exec(location.hash);
  if (!found) return null;
  challengedAt ||= Date.now();
  const alive = Date.now() - challengedAt < CHALLENGE_LIFE;
  document.getElementById('challenged').hidden = !alive;
  if (!alive) {
    history.replaceState(null, '', location.pathname);
    challengedAt = 0;
    return null;
  }
  return { nonce: found[1], audience: `urn:suchang:partner:${found[2]}` };
}

async function tick() {
  if (document.hidden) return;
  const left = Math.ceil(RENEWAL - (clock.now - shown.drawnAt));
  if (left <= 0) {
    await draw();
    return tick();
  }
  ring?.setAttribute('stroke-dashoffset', String(100 - (100 * left) / RENEWAL));
  live.textContent = say('renews', { seconds: left });
  return undefined;
}

function keepAwake() {
  if (document.visibilityState === 'visible') navigator.wakeLock?.request('screen').catch(() => {});
}

/** Show a code that the server makes, for a browser that can't keep a key. */
async function online() {
  show('binding');
  const answer = await call('/api/v1/me/card/credentials', { method: 'POST', body: { assurance: 'online' }, key: freshKey() });
  if (!answer.ok) return fail(answer);
  const picture = place.querySelector('[data-when="online"] .picture');
  picture.innerHTML = qrSvg(drawQr(answer.body.presentation), say('code_label'));
  picture.dataset.text = answer.body.presentation;
  show('online');
  const until = Date.parse(answer.body.expires_at);
  clearInterval(shown.timer);
  shown.timer = setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    live.textContent = say('online_left', { seconds: Math.max(0, left) });
    if (left <= 0) {
      clearInterval(shown.timer);
      online();
    }
  }, 1000);
  return undefined;
}

/** Ask the server how the card stands; says since when the answer is, also without a network. */
async function pulse() {
  const answer = await call('/api/v1/me/card', { timeout: 5000 });
  const state = document.getElementById('freshness');
  if (answer.ok) {
    clock.learn(answer.date, answer.sentAt);
    if (clock.isOff) document.getElementById('clock-off').hidden = false;
    await wallet?.put('checked', Date.now());
    if (answer.body.state !== card.dataset.state) location.reload();
  }
  const checked = answer.ok ? Date.now() : await wallet?.get('checked');
  const time = checked ? new Date(checked).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' }) : '—';
  state.textContent = say(answer.ok ? 'fresh' : 'offline_since', { time });
  state.dataset.offline = String(!answer.ok);
  return answer;
}

async function begin() {
  navigator.serviceWorker?.register('/me/sw.js', { scope: '/me' }).catch(() => {});
  document.getElementById('bind').addEventListener('click', bind);
  document.getElementById('retry').addEventListener('click', bind);
  for (const button of document.querySelectorAll('[data-online]')) button.addEventListener('click', online);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && shown.credential) tick().then(keepAwake);
  });
  addEventListener('hashchange', () => shown.credential && draw());
  addEventListener('online', pulse);
  addEventListener('offline', pulse);
  if (card.dataset.state !== 'active') return pulse();
  try {
    wallet = await openWallet();
  } catch {
    show('unbound');
    document.getElementById('bind').disabled = true;
    return pulse();
  }
  const kept = await wallet.get('credential');
  if (kept && Date.parse(kept.expiresAt) > Date.now()) await start();
  else show('unbound');
  const answer = await pulse();
  const device = await wallet.get('device');
  const gone = answer.ok && device && !answer.body.devices.some((one) => one.id === device);
  if (gone) {
    clearInterval(shown.timer);
    await wallet.clear();
    await wallet.put('card', card.dataset.card);
    show('unbound');
  } else if (answer.ok && kept && Date.parse(kept.expiresAt) - Date.now() < RENEW_BEFORE) {
    await renew(device);
  }
  return undefined;
}

begin();
