/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - the protocol between the server and a worker.
 *
 * A byte stream each way (it must survive ssh and docker exec: no shared memory, no shared paths
 * but the document's own).  A frame is a little-endian u32 length, a one-byte type, and fields:
 * u8, u32, u64 (little-endian) and strings (u32 length, bytes).  Both ends use this file.
 * Bump WIRE_VERSION when any message below changes: HELLO refuses a mismatch. */
#ifndef EXEC_WIRE_H
#define EXEC_WIRE_H

#include "base/buf.h"

#define WIRE_VERSION   14
#define WIRE_MAX_FRAME (64u << 20) /* bytes of a frame's type and fields; larger is corrupt */

/* Server to worker.
 *
 * SETUP    u32 version, str file, str cwd, str package, u32 output_bytes, u32 output_lines
 *          A fresh interpreter for the document; ends the one before it.  Answer: STARTED.  What
 *          was sent before and is not answered yet gets no answer.  The limits are for the output
 *          of one run: bytes and lines of its streams, and as many bytes of its results.
 * RUN      u32 run, u32 block, u32 interpreter, u32 line, u32 flags, str source,
 *          u32 n, n x (str name, u32 from, u32 to)
 *                                              names that the block surely binds, unless it fails:
 *                                              before byte `from` of its text it has not, from `to`
 *                                              on it has
 *          u32 m, m x (str name, u32 block)    namespace fixes, applied first: bind the name to
 *                                              that block's value of it; block 0 unbinds it
 *          u32 r, r x (str name)               names the block is known to read
 *          u32 first, u32 removed, str lines   how the document's text has changed since the last
 *                                              RUN: these lines of it are replaced.  It is empty
 *                                              in a fresh interpreter, and as it was then in one
 *                                              from a checkpoint
 *          `interpreter` is the pid of STARTED: a run that crosses a DIED on its way must not run
 *          in the fresh interpreter, which has none of the values.  `line` is the file's line that
 *          the block begins at, 0-based.
 *          Answer: STREAM and DISPLAY as they come, then DONE or DIED, always one of them.
 * FORGET   u32 n, n x u32 block                drop the values these blocks bound
 * INTERRUPT                                    KeyboardInterrupt in what runs now, or is to run
 *                                              next of what has been sent
 * INSPECT  u32 request, u32 block, str name    describe a value; block 0: as it is now.  Answer:
 *                                              INSPECTED, or none when the interpreter dies
 * CHECKPOINT u32 id                            keep the interpreter as it is now (id is not 0).
 *                                              Answer: CHECKPOINTED, or none when it dies
 * RESUME   u32 id                              end the interpreter and go on from that checkpoint,
 *                                              any number of times; 0: a fresh one.  What was sent
 *                                              before and is not answered yet gets no answer.
 *                                              Answer: STARTED; CHECKPOINT_LOST and then STARTED
 *                                              (fresh) when it is not there
 * DROP     u32 n, n x u32 id                   end these checkpoints
 * A name that begins with `<` is a kind of ambient state of the process: `<random>`, `<environ>`.
 * In fixes and in what a block read and bound, it is treated like a name whose value is the state;
 * block 0 stands for the state of a fresh interpreter.  `<modules>` alone has no fixes: what blocks
 * set inside modules goes with the interpreter only.
 * FIX      u32 m, m x (str name, u32 block)     as in RUN, when no block follows: files are left as
 *                                              the end of the document has them
 * RUN, FORGET, INSPECT, CHECKPOINT and FIX are served in order; the others overtake them.  SETUP
 * ends all checkpoints.
 *
 * Worker to server.
 *
 * HELLO     u32 version, str python version, str executable
 * STARTED   u32 pid, u32 checkpoint            after SETUP and RESUME, and by itself after DIED;
 *                                              the checkpoint that it comes from, or 0: fresh
 * STREAM    u32 run, u32 block, u8 fd (1, 2), str bytes
 *           Any bytes; a UTF-8 character is never split between two STREAMs.  Run 0: written
 *           between runs (by a thread, a process) after this block.
 * DISPLAY   u32 run, u32 block, u8 kind, u32 n, n x (str mime, str data)
 *           data is UTF-8: text, base64 for binary types, JSON text for JSON types
 * WARNING   u32 run, u32 block, str text, FRAMES
 *           A warning of Python's for stderr: one frame, where it arose; the text ("UserWarning:
 *           ...") follows the frame's file and line, and is followed by its source line.
 * DONE      u32 run, u32 block, u8 status, u32 flags, u64 microseconds,
 *           u32 n, n x (str name, u8 kind, u8 flags, u64, u64 fingerprint)
 *                                              names that the block bound, removed or changed
 *           u32 m, m x (u32 block, str name)   kept values of other blocks that it changed in place
 *           u32 k, k x (str name)              names it read beyond those known
 *           u32 o, o x (str path, u8 use, u64, u64 digest before, u64, u64 digest after)
 *                                              files that it opened (file_digest.h), real paths
 *           with WIRE_UNSEEN: str what         in the user's terms: "math.tau, json.dumps"
 *           when status is not OK: str ename, str evalue, FRAMES
 *           evalue has more lines for notes, members of a group, and causes.
 * DIED      u32 run, u32 block, u32 exit code, u32 signal, str cause
 *           run 0: it was idle.  block 0: the run had not been given to it, and left no trace.
 * INSPECTED u32 request, u8 found, str type, str shape, str text
 * CHECKPOINTED u32 id, u8 taken, u64 microseconds, str why-not
 *           It cost that much time; if not taken: what cannot be kept, in the user's terms.
 * CHECKPOINT_LOST u32 id                       it has ended: killed, or out of memory
 * CHECKPOINT_SIZE u32 id, u64 bytes            memory that is there for its sake: its proportional
 *                                              share.  From time to time, when nothing runs
 * FAILED    str message                        the worker cannot go on (then the stream ends)
 *
 * FRAMES are u32 t, t x str text               blocks as they were when the frames' code was made
 *            u32 f, f x (str file, u32 block, u32 line, u32 column, u32 text, str function,
 *                        str source line)
 *            The outermost is first.  Lines are 0-based, columns bytes.  In a block the line is one
 *            of text number `text` (counted from 0), and the source line is empty: it is there. */
enum wire_type {
    WM_SETUP = 1,
    WM_RUN,
    WM_FORGET,
    WM_INTERRUPT,
    WM_INSPECT,
    WM_CHECKPOINT,
    WM_RESUME,
    WM_DROP,
    WM_FIX,
    WM_HELLO = 64,
    WM_STARTED,
    WM_STREAM,
    WM_DISPLAY,
    WM_DONE,
    WM_DIED,
    WM_INSPECTED,
    WM_FAILED,
    WM_CHECKPOINTED,
    WM_CHECKPOINT_LOST,
    WM_CHECKPOINT_SIZE,
    WM_WARNING,
};

enum wire_run_flag {
    WIRE_RUN_SILENT = 1, /* no value of the last expression (docstrings) */
    WIRE_RUN_HOLD = 2,   /* refuse to write files, start processes, open sockets */
};
enum wire_display_kind { WIRE_DISPLAY_DATA = 0, WIRE_EXECUTE_RESULT = 1 };
enum wire_done_status {
    WIRE_OK = 0,
    WIRE_ERROR,        /* an exception; SystemExit, too: a script would end there */
    WIRE_SYNTAX_ERROR, /* it does not compile: nothing ran */
    WIRE_INTERRUPTED,
    WIRE_HELD, /* an operation was refused (WIRE_RUN_HOLD); evalue: it, in words.  What the block
                  bound is undone, what it changed in place is told, its output does not count */
};
enum wire_write_kind { WIRE_REMOVED = 0, WIRE_BOUND, WIRE_MUTATED };
enum wire_write_flag {
    WIRE_KNOWN = 1, /* the fingerprint holds: what the name reaches could be walked */
    WIRE_KEPT = 2,  /* the value is the one from before: equal, so the old object stays bound */
    WIRE_PLAIN = 4, /* the value reaches nothing that can change */
};
enum wire_file_use {
    WIRE_FILE_READ = 1,    /* the run depends on what it held before */
    WIRE_FILE_WRITTEN = 2, /* written, made, or removed */
    WIRE_FILE_UNKEPT = 4,  /* too big to be put back */
};
enum wire_done_flag {
    WIRE_TRUNCATED = 1, /* output beyond the limits was dropped */
    WIRE_UNSEEN = 2,    /* it changed what neither fixes nor other runs put back */
    WIRE_ACTED = 4,     /* it did something that WIRE_RUN_HOLD would have refused */
};

/* Writing: wire_begin(), the fields in order, wire_end(). */
size_t wire_begin(struct buf *out, enum wire_type type); /* returns the mark for wire_end() */
void wire_u8(struct buf *out, uint8_t value);
void wire_u32(struct buf *out, uint32_t value);
void wire_u64(struct buf *out, uint64_t value);
void wire_str(struct buf *out, struct str value);
void wire_end(struct buf *out, size_t mark); /* fills in the length */

/* Reading the fields of one frame.  Past the end, or on a bad length, `bad` is set and the values
 * are 0 and empty: check it once, after the last field. */
struct wire_reader {
    struct str rest;
    bool bad;
};
uint8_t wire_get_u8(struct wire_reader *r);
uint32_t wire_get_u32(struct wire_reader *r);
uint64_t wire_get_u64(struct wire_reader *r);
struct str wire_get_str(struct wire_reader *r); /* borrowed from the frame */
/* A count of items of at least `item_size` bytes each; bad when they cannot fit in the frame. */
uint32_t wire_get_count(struct wire_reader *r, size_t item_size);

enum wire_split { WIRE_FRAME, WIRE_NEED_MORE, WIRE_CORRUPT };

/* Take the next frame off `in` starting at *offset (advanced past it).  `fields` is borrowed from
 * `in`.  The caller consumes the bytes before *offset when it has handled the frames. */
enum wire_split wire_next(const struct buf *in, size_t *offset, uint8_t *type,
                          struct wire_reader *fields);

#endif
