/**
 * The desk: whatever way a code comes in (camera, hardware scanner, paste, picture), it is verified, the verdict is shown,
 * entitlements can be redeemed with one key and taken back for ten minutes.
 */

import { call, freshKey } from '../api.js';
import { toast } from '../toast.js';
import { say, wordsOf } from '../words.js';
import { CameraWatch } from './camera_watch.js';
import { startChallenge } from './challenge.js';
import { foreignKind, isOurs } from './foreign_codes.js';
import { listenToKeyboard } from './keyboard.js';
import { OfflineDesk } from './offline_desk.js';
import { OutboxView } from './outbox_view.js';
import { Redeeming } from './redeeming.js';
import { showAccepted, showChecking, showGone, showHint, showStopped, showWaiting } from './verdict_view.js';
import { addToday, showState } from './state_view.js';

const setting = JSON.parse(document.getElementById('setting').textContent);
const element = (id) => document.getElementById(id);
const offline = new OfflineDesk(setting);
const redeeming = new Redeeming({ setting, offline, changed: () => sync() });
const outbox = new OutboxView({ offline, changed: () => refreshState() });
let camera = null;
const watch = new CameraWatch();
/** The two verdicts that the camera asked for last, by the text of the code. */
let verdicts = [];
let busy = false;
let following = null;
let challenge = null;

function purpose() {
  return element('purpose')?.value ?? setting.domains[0]?.slug;
}

/** What the camera sees: whoever stands before it is judged, and the verdict says whether its code is still in view. */
function seen(codes, at) {
  for (const { kind, text, foreign } of watch.see(codes, at)) {
    if (kind === 'judge') take(text);
    else if (kind === 'recall') recall(text);
    else if (kind === 'gone' || kind === 'back') showGone(kind === 'gone');
    else showHint(kind === 'clear' ? '' : kind === 'several' ? say('several_cards') : wordsOf('foreign')[foreign]);
  }
}

/** Another phone was before the camera for a moment: the verdict on this one is still right. */
function recall(text) {
  const kept = verdicts.find((one) => one.text === text);
  if (!kept || busy) return take(text);
  return show(kept.verdict, kept.domain, kept.deferred, { again: true });
}

async function take(raw) {
  const text = raw.trim();
  if (!text) return;
  if (busy) {
    // Whoever was scanned while another was being judged is judged next.
    following = text;
    return;
  }
  if (!isOurs(text) && !/^SC\d+:/.test(text)) {
    // Not even sent: what a payment code holds is nobody's business.
    redeeming.forget();
    showStopped({ outcome: 'refused', reason: 'malformed' }, { why: wordsOf('foreign')[foreignKind(text)] });
    element('paste').value = '';
    return;
  }
  busy = true;
  redeeming.forget();
  showGone(false);
  showChecking();
  try {
    await judge(text, purpose());
  } finally {
    busy = false;
    element('paste').value = '';
    element('paste').blur();
  }
  const then = following;
  following = null;
  if (then !== null) await take(then);
}

async function judge(text, domain) {
  const body = { presentation: text, purpose: domain };
  if (challenge && Date.now() < challenge.until) body.challenge = challenge.nonce;
  challenge = null;
  const act = { key: freshKey(), presentedAt: new Date().toISOString() };
  const headers = { 'X-Desk-Operator': setting.owner.operator };
  const answer = offline.sureOffline ? null : await call('/api/v1/verifications', { method: 'POST', body, key: act.key, timeout: 4000, headers });
  if (answer?.ok) {
    offline.learnTime(answer.date);
    remember(text, answer.body, domain, null);
    return;
  }
  const refusal = answer === null ? null : standingOf(answer);
  if (refusal !== null) {
    showStopped({ outcome: 'unknown', reason: null }, { ...wordsOf('answers')[refusal], ...(refusal === 'signed_out' ? { link: '/desk/sign-in?next=/desk' } : {}) });
    watch.judged(text, false);
    return;
  }
  const verdict = await offline.verify(text, domain, act);
  remember(text, verdict, domain, { act: act.key });
  await refreshState();
}

/** Name what a server says that is no verdict; null where it is away, so that this desk judges by what it keeps. */
function standingOf({ status }) {
  if (status === 401) return 'signed_out';
  if (status === 403) return 'not_allowed';
  if (status === 429) return 'too_busy';
  return status === 0 || status === 408 || status === 425 || status >= 500 ? null : 'refused';
}

function remember(text, verdict, domain, deferred) {
  verdicts = [{ text, verdict, domain, deferred }, ...verdicts.filter((one) => one.text !== text)].slice(0, 2);
  watch.judged(text, verdict.outcome === 'accepted');
  show(verdict, domain, deferred);
}

function show(verdict, domain, deferred, { again = false } = {}) {
  if (verdict.outcome === 'accepted') {
    const list = showAccepted(verdict, { age: deferred ? offline.age : null });
    redeeming.offer(list, verdict, { domain, deferred });
  } else showStopped(verdict);
  if (!again) addToday({ verdict, domain, deferred: deferred !== null });
}

async function next() {
  redeeming.forget();
  watch.dismiss();
  following = null;
  challenge = null;
  showGone(false);
  showWaiting();
  element('paste').blur();
}

async function fromImage(file) {
  try {
    const { readImage } = await import('./camera.js');
    const text = await readImage(file, setting.wasm);
    if (text) await take(text);
    else toast(say('no_code_in_image'));
  } catch {
    toast(say('no_code_in_image'));
  }
}

async function openCamera() {
  const box = element('cam');
  try {
    const { Camera } = await import('./camera.js');
    camera ??= new Camera(element('video'), setting.wasm, seen);
    await camera.start();
    box.dataset.state = 'on';
  } catch (problem) {
    box.dataset.state = 'off';
    element('cam-why').textContent = say(problem?.name === 'NotAllowedError' ? 'camera_blocked' : 'no_camera');
  }
}

function closeCamera() {
  camera?.stop();
  element('cam').dataset.state = 'off';
}

async function refreshState() {
  const open = await offline.open();
  showState({ online: !offline.sureOffline, age: offline.age, open });
  outbox.show(open);
}

/** Ask for a proof that is made for this desk; the next code that is shown must answer it. */
async function ask() {
  redeeming.forget();
  showGone(false);
  challenge = await startChallenge();
  watch.reopen();
  if (challenge === null) toast(say('challenge_failed'));
}

const keys = {
  x: ask,
  c: () => (element('cam').dataset.state === 'on' ? closeCamera() : openCamera()),
  v: () => element('paste').focus(),
  u: () => element('image').click(),
  z: () => redeeming.undoLast(),
  Escape: next,
};

function isShortcut(name) {
  return name in keys || document.querySelector(`[data-key="${CSS.escape(name)}"]`) !== null;
}

/** What is being held fills up, so that it can be seen how long to hold it. */
function showHolding(name, target) {
  for (const one of document.querySelectorAll('[data-holding]')) delete one.dataset.holding;
  if (name === null) return;
  const wanted = name === 'Enter' ? target?.closest('[data-deliberate]') : document.querySelector(`[data-key="${CSS.escape(name)}"]`);
  if (wanted) wanted.dataset.holding = '';
}

function begin() {
  navigator.serviceWorker?.register('/desk/sw.js', { scope: '/desk' }).catch(() => {});
  listenToKeyboard({
    onScan: take,
    onAct: (name) => (keys[name] ? keys[name]() : redeeming.press(name)),
    onTapped: (name) => isShortcut(name) && toast(say('hold', { key: name.toUpperCase() })),
    onHolding: showHolding,
  });
  element('paste-form').addEventListener('submit', (event) => {
    event.preventDefault();
    take(element('paste').value);
  });
  element('image').addEventListener('change', (event) => {
    const [file] = event.target.files;
    if (file) fromImage(file);
    event.target.value = '';
  });
  document.addEventListener('paste', (event) => {
    const picture = [...event.clipboardData.files].find((file) => file.type.startsWith('image/'));
    const text = event.clipboardData.getData('text').trim();
    if (picture) fromImage(picture);
    else if (text.startsWith('SC1:')) {
      event.preventDefault();
      take(text);
    }
  });
  element('cam-on').addEventListener('click', openCamera);
  element('next').addEventListener('click', next);
  element('ask').addEventListener('click', ask);
  const chosen = localStorage.getItem('desk-purpose');
  const select = element('purpose');
  if (select) {
    if (setting.domains.some((one) => one.slug === chosen)) select.value = chosen;
    select.addEventListener('change', () => localStorage.setItem('desk-purpose', select.value));
  }
  addEventListener('online', sync);
  addEventListener('offline', refreshState);
  setInterval(sync, 60_000);
  document.documentElement.dataset.ready = 'desk';
  sync();
  navigator.permissions
    ?.query({ name: 'camera' })
    .then((permission) => permission.state === 'granted' && openCamera())
    .catch(() => {});
}

async function sync() {
  const { settled, refused } = await offline.sync();
  if (settled > 0) toast(say('sent', { count: settled }));
  if (refused > 0) toast(say('conflict', { count: refused }), { seconds: 12 });
  await refreshState();
}

begin();
