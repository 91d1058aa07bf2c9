// A gateway of text messages over HTTP, written from docs/operations/messages.md alone. It is strict: what is not signed, not
// from now, or without its key is refused; the same key is taken once. Called with a key and a certificate it encrypts.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { after, obey, say } from './partner.mjs';

const [secret, keyFile, certificateFile] = process.argv.slice(2);
const taken = new Map();
let mode = 'takes';
let lateMilliseconds = 0;
let onward = { status: 302, to: 'http://127.0.0.1:9/' };

function signature(id, at, body) {
  return `v1,${createHmac('sha256', secret).update(`${id}.${at}.`).update(body).digest('base64')}`;
}

function fault(headers, body, message) {
  const [id, at, signed] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((it) => headers[it] ?? '');
  const expected = Buffer.from(signature(id, at, body));
  const found = Buffer.from(signed);
  if (expected.length !== found.length || !timingSafeEqual(expected, found)) return 'not signed';
  if (Math.abs(Date.now() / 1000 - Number(at)) > 300) return 'not from now';
  if (headers['idempotency-key'] !== id || message.id !== id) return 'another key';
  if (!/^84\d{8,10}$/.test(message.to)) return 'no number of a phone';
  if (!message.from || !message.text || !message.template || !Number.isInteger(message.revision)) return 'something is missing';
  return '';
}

const answers = {
  refuses: [400, { accepted: false, reason: 'number 84999000412 is barred' }],
  later: [503, { accepted: false, reason: 'busy' }],
};

function hear(asked, answer) {
  const pieces = [];
  asked.on('data', (piece) => pieces.push(piece));
  asked.on('end', () => {
    const body = Buffer.concat(pieces);
    const message = JSON.parse(body.toString('utf8'));
    const wrong = fault(asked.headers, body, message);
    const again = taken.has(message.id);
    const takes = !wrong && ['takes', 'late', 'hangs', 'lies'].includes(mode);
    if (takes && !again) taken.set(message.id, `g-${taken.size + 1}`);
    say({ message, wrong, again, taken: taken.size });
    const end = (status, text) => {
      answer.writeHead(status, { 'content-type': 'application/json', location: onward.to });
      answer.end(text);
    };
    if (wrong) return end(401, JSON.stringify({ accepted: false, reason: wrong }));
    if (mode === 'hangs') return undefined;
    if (mode === 'lies') return end(200, '<html>Welcome</html>');
    if (mode === 'floods') return end(200, 'x'.repeat(1 << 20));
    if (mode === 'redirects') return end(onward.status, '{}');
    if (answers[mode]) return end(answers[mode][0], JSON.stringify(answers[mode][1]));
    const good = JSON.stringify({ accepted: true, reference: taken.get(message.id) });
    return after(mode === 'late' ? lateMilliseconds : 0, () => end(200, good));
  });
}

const server = keyFile
  ? createSecureServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, hear)
  : createServer(hear);
server.on('tlsClientError', () => say({ stranger: true }));
server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));

/** Posts a delivery report as the manual has it, so many times; `spoiled` leaves the signature of another body. */
function report({ url, report: said, times = 1, spoiled = false, seconds = 0 }) {
  const body = JSON.stringify(said);
  const id = `report-${said.reference}-${said.state}`;
  const at = Math.floor(Date.now() / 1000) + seconds;
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': signature(id, at, spoiled ? '{}' : body),
  };
  for (let time = 0; time < times; time += 1) {
    const call = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume();
      say({ reported: answer.statusCode });
    });
    call.on('error', (why) => say({ reported: String(why) }));
    call.end(body);
  }
}

obey((order) => {
  mode = order.mode ?? mode;
  lateMilliseconds = order.milliseconds ?? lateMilliseconds;
  onward = order.onward ?? onward;
  if (order.report) report(order);
});
