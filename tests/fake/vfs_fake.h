/* vfs_fake.h - a disk between SQLite and the real one: it fails when told, or keeps a record
 * of what reached it, from which it can be told what a power cut would have left.
 *
 * One for the process; used after vfs_fake_install by all connections that are opened. Any
 * thread calls SQLite; the functions here are called while none does. */
#ifndef FAKE_VFS_FAKE_H
#define FAKE_VFS_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void vfs_fake_install(void); /* once; it is the default one from now on */

/* --- failing --- */

enum vfs_fake_fault {
    VFS_FAKE_IO,  /* input or output error */
    VFS_FAKE_FULL /* writes find no space; other calls fail as above */
};

/* From now on the n-th call that reads, writes, syncs, opens, deletes, locks or maps fails,
 * from 1; 0: none. stays: those after it fail, too. */
void vfs_fake_fail_at(int64_t n, enum vfs_fake_fault fault, bool stays);
bool vfs_fake_failed(void); /* since then: has one? */

/* --- power cuts --- */

/* Begins a record of all files that are written. */
void vfs_fake_record(void);

/* Puts into the record that it was promised: batch number n is on the disk. */
void vfs_fake_promise(int64_t n);

size_t vfs_fake_steps(void); /* how long the record is */

enum vfs_fake_loss {
    VFS_FAKE_LOSE_ALL,  /* nothing that was not synced is there */
    VFS_FAKE_LOSE_SOME, /* any sectors of it are */
    VFS_FAKE_LOSE_TORN, /* all but a part of the last write is */
    VFS_FAKE_LIES       /* as LOSE_ALL, and no sync was ever carried out */
};

/* What is left if the power fails after so many steps of the record: files of the same names
 * in the folder `to`. Returns the last number that was promised; 0: none. seed: of what is
 * left to chance. */
int64_t vfs_fake_cut(size_t steps, enum vfs_fake_loss loss, uint64_t seed,
                     const char *to);

void vfs_fake_forget(void); /* the record */

#endif
