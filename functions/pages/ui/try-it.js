// The main job of an app: write a change, read it back, send a file, fetch it.

const DEVICE = 'the start page';
const PICTURE = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
);

const post = async (auth, path, sent) => ({ sent, answered: await auth.json('POST', path, sent) });

export const STEPS = [
  { title: 'Who is signed in', method: 'GET', path: '/api/auth/session', run: who },
  { title: 'Write a thread', method: 'POST', path: '/api/sync/push', run: push },
  { title: 'Read what is new', method: 'POST', path: '/api/sync/pull', run: pull },
  { title: 'Ask where to send a picture', method: 'POST', path: '/api/storage/presign-upload', run: presign },
  { title: 'Send the picture', method: 'PUT', path: 'the signed address', run: send },
  { title: 'Say that it is there', method: 'POST', path: '/api/storage/commit', run: commit },
  { title: 'Fetch it and compare', method: 'GET', path: 'the signed address', run: fetchIt },
];

async function who(auth) {
  return { answered: await auth.json('GET', '/api/auth/session') };
}

function scope({ workspace }) {
  return { workspaceId: workspace };
}

async function push(auth, memory) {
  const id = crypto.randomUUID();
  const now = Math.floor(Date.now() / 1000);
  const hlc = `${String(Date.now()).padStart(13, '0')}:0000:start-page`;
  const payload = { id, title: 'Tried it', status: 'ready', deleted: false, pinned: false, forked: false, created_at: now, updated_at: now, clock: 1, hlc };
  const op = { id: crypto.randomUUID(), tableName: 'threads', operation: 'put', pk: id, payload, stamp: { deviceId: DEVICE, opId: crypto.randomUUID(), hlc, clock: 1 }, createdAt: now, attempts: 0, status: 'pending' };
  const done = await post(auth, '/api/sync/push', { scope: scope(memory), ops: [op] });
  const [result] = done.answered.results;
  if (!result.success) throw new Error(result.error ?? 'the operation was refused');
  memory.version = result.serverVersion ?? done.answered.serverVersion;
  return done;
}

async function pull(auth, memory) {
  const cursor = Math.max(0, (memory.version ?? 1) - 1);
  return post(auth, '/api/sync/pull', { scope: scope(memory), cursor, limit: 10 });
}

async function presign(auth, memory) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', PICTURE));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  memory.file = { hash: `sha256:${hex}`, mime_type: 'image/png', size_bytes: PICTURE.length };
  const { hash, mime_type: mimeType, size_bytes: sizeBytes } = memory.file;
  const sent = { workspace_id: memory.workspace, hash, mime_type: mimeType, size_bytes: sizeBytes };
  const done = await post(auth, '/api/storage/presign-upload', sent);
  memory.upload = done.answered;
  return done;
}

async function send(auth, { upload, file }) {
  // A page of ours talks to its own host only.
  if (new URL(upload.url, auth.base).origin !== auth.base) throw new Error('files go to a bucket on another host here');
  const headers = { 'content-type': file.mime_type, ...upload.headers };
  const answer = await fetch(upload.url, { method: upload.method ?? 'PUT', headers, body: PICTURE });
  if (!answer.ok) throw new Error(`the picture was refused with ${answer.status}`);
  return { sent: `${PICTURE.length} bytes`, answered: answer.status };
}

async function commit(auth, memory) {
  const { file, upload } = memory;
  const sent = { workspace_id: memory.workspace, ...file, name: 'tried-it.png', kind: 'image', storage_id: upload.storageId, storage_provider_id: 'fs' };
  return post(auth, '/api/storage/commit', sent);
}

async function fetchIt(auth, memory) {
  const sent = { workspace_id: memory.workspace, hash: memory.file.hash, storage_id: memory.upload.storageId };
  const { answered } = await post(auth, '/api/storage/presign-download', sent);
  const bytes = new Uint8Array(await (await fetch(answered.url)).arrayBuffer());
  const same = bytes.length === PICTURE.length && bytes.every((byte, at) => byte === PICTURE[at]);
  if (!same) throw new Error('other bytes came back');
  return { answered: `${bytes.length} bytes, the same as were sent` };
}
