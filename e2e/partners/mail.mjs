// A mail server: SMTP as npm's smtp-server speaks it. Called with a key and a certificate it wants a password and
// encrypts: before anything is said, or from the first byte where it is told "tls".
import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';
import { after, obey, say } from './partner.mjs';

const [keyFile, certificateFile, security] = process.argv.slice(2);
let mode = 'takes';
let lateMilliseconds = 0;

function refusal(code, words) {
  return Object.assign(new Error(words), { responseCode: code });
}

/** The words of a header as a mail program shows them. */
function shown(words) {
  const decode = (_, coding, coded) => {
    if (coding.toLowerCase() === 'b') return Buffer.from(coded, 'base64').toString('utf8');
    return unquoted(coded.replaceAll('_', ' ')).toString('utf8');
  };
  return words.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, decode);
}

function unquoted(text) {
  const bytes = text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

/** A letter as a mail program reads it. */
function read(raw) {
  const [head, ...rest] = raw.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = Object.fromEntries(lines.map((it) => [it.split(':')[0].toLowerCase(), it.slice(it.indexOf(':') + 1).trim()]));
  const body = rest.join('\r\n\r\n');
  const coding = headers['content-transfer-encoding'];
  const bytes = coding === 'base64' ? Buffer.from(body, 'base64') : coding === 'quoted-printable' ? unquoted(body) : Buffer.from(body);
  return { headers, subject: shown(headers.subject ?? ''), text: bytes.toString('utf8').replaceAll('\r\n', '\n') };
}

const server = new SMTPServer({
  logger: false,
  secure: security === 'tls',
  ...(keyFile ? { key: readFileSync(keyFile), cert: readFileSync(certificateFile) } : { authOptional: true }),
  disabledCommands: keyFile ? [] : ['AUTH', 'STARTTLS'],
  onAuth({ username, password }, session, done) {
    const known = username === 'motcua' && password === 'mat-khau-thu';
    done(known ? null : refusal(535, 'wrong password'), known ? { user: username } : undefined);
  },
  onRcptTo(address, session, done) {
    if (mode === 'refuses') return done(refusal(550, `5.1.1 <${address.address}>: no such mailbox`));
    if (mode === 'later') return done(refusal(451, `4.7.1 <${address.address}>: greylisted, come again`));
    return done();
  },
  onData(stream, session, done) {
    const pieces = [];
    stream.on('data', (piece) => pieces.push(piece));
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map((it) => it.address);
      const from = session.envelope.mailFrom.address;
      const letter = read(Buffer.concat(pieces).toString('latin1'));
      say({ letter: { ...letter, from, to, secure: session.secure, user: session.user ?? null } });
      if (mode === 'hangs') return;
      after(mode === 'late' ? lateMilliseconds : 0, () => done(null, 'taken'));
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => say({ port: server.server.address().port }));

obey((order) => {
  mode = order.mode ?? mode;
  lateMilliseconds = order.milliseconds ?? lateMilliseconds;
});
