// Uploads a file with tus-js-client and says on standard output how far it is:
//
//   node upload.mjs MODULE ENDPOINT COOKIE FILE METADATA [URL]
//
// METADATA is JSON. With URL it goes on with that upload. It prints `at BYTES URL` after every
// part and `done URL` at the end. A line on standard input makes it give up the connection in the
// middle of a part and end.

import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const [module, endpoint, cookie, file, metadata, uploadUrl] = process.argv.slice(2)
const { Upload, DefaultHttpStack } = createRequire(import.meta.url)(module)

// The client has no checksums of its own: this gives every part one.
class CheckedHttpStack extends DefaultHttpStack {
  createRequest(method, url) {
    const request = super.createRequest(method, url)
    const send = request.send.bind(request)
    request.send = (body = null) => {
      if (method === 'PATCH' && Buffer.isBuffer(body)) {
        const digest = createHash('sha1').update(body).digest('base64')
        request.setHeader('Upload-Checksum', `sha1 ${digest}`)
        checked += 1
      }
      return send(body)
    }
    return request
  }
}

let checked = 0
const upload = new Upload(readFileSync(file), {
  endpoint,
  uploadUrl,
  chunkSize: 1_000_000,
  headers: { cookie },
  metadata: JSON.parse(metadata),
  httpStack: new CheckedHttpStack(),
  retryDelays: [50, 100, 200, 400, 800, 1600, 3200, 3200, 3200],
  onChunkComplete: (_, accepted) => console.log(`at ${accepted} ${upload.url}`),
  onSuccess: () => {
    console.log(`done ${upload.url}`)
    process.exit(checked > 0 ? 0 : 2)
  },
  onError: (error) => {
    console.error(error)
    process.exit(1)
  },
})
process.stdin.once('data', async () => {
  await upload.abort()
  process.exit(0)
})
upload.start()
