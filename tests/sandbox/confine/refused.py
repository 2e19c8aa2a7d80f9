"""System calls that the filter must refuse, numbered independently of what it is made from."""

from __future__ import annotations

_TABLE = """
# name                 x86_64 aarch64
socket                     41     198
socketpair                 53     199
connect                    42     203
bind                       49     200
listen                     50     201
accept                     43     202
accept4                   288     242
sendto                     44     206
recvfrom                   45     207
sendmsg                    46     211
recvmsg                    47     212
sendmmsg                  307     269
recvmmsg                  299     243
setsockopt                 54     208
getsockopt                 55     209
shutdown                   48     210
execve                     59     221
execveat                  322     281
fork                       57       -
vfork                      58       -
ptrace                    101     117
process_vm_readv          310     270
process_vm_writev         311     271
process_madvise           440     440
kcmp                      312     272
tkill                     200     130
rt_sigqueueinfo           129     138
rt_tgsigqueueinfo         297     240
pidfd_open                434     434
pidfd_getfd               438     438
pidfd_send_signal         424     424
wait4                      61     260
waitid                    247      95
setpgid                   109     154
setsid                    112     157
memfd_create              319     279
memfd_secret              447     447
shmget                     29     194
shmat                      30     196
shmctl                     31     195
shmdt                      67     197
semget                     64     190
semop                      65     193
semctl                     66     191
msgget                     68     186
msgsnd                     69     189
msgrcv                     70     188
mq_open                   240     180
mq_unlink                 241     181
mlock                     149     228
mlockall                  151     230
remap_file_pages          216     234
userfaultfd               323     282
chmod                      90       -
fchmod                     91      52
fchmodat                  268      53
chown                      92       -
fchown                     93      55
lchown                     94       -
fchownat                  260      54
utime                     132       -
utimes                    235       -
futimesat                 261       -
utimensat                 280      88
setxattr                  188       5
lsetxattr                 189       6
fsetxattr                 190       7
getxattr                  191       8
removexattr               197      14
creat                      85       -
mkdir                      83       -
mkdirat                   258      34
mknod                     133       -
mknodat                   259      33
rename                     82       -
renameat                  264      38
renameat2                 316     276
link                       86       -
linkat                    265      37
symlink                    88       -
symlinkat                 266      36
unlink                     87       -
unlinkat                  263      35
rmdir                      84       -
truncate                   76      45
fallocate                 285      47
flock                      73      32
sync                      162      81
syncfs                    306     267
name_to_handle_at         303     264
open_by_handle_at         304     265
inotify_init1             294      26
inotify_add_watch         254      27
fanotify_init             300     262
copy_file_range           326     285
sendfile                   40      71
splice                    275      76
tee                       276      77
vmsplice                  278      75
chdir                      80      49
fchdir                     81      50
chroot                    161      51
pivot_root                155      41
mount                     165      40
umount2                   166      39
move_mount                429     429
fsopen                    430     430
fsmount                   432     432
open_tree                 428     428
mount_setattr             442     442
quotactl                  179      60
swapon                    167     224
swapoff                   168     225
unshare                   272      97
setns                     308     268
bpf                       321     280
perf_event_open           298     241
io_uring_setup            425     425
io_uring_enter            426     426
io_uring_register         427     427
keyctl                    250     219
add_key                   248     217
request_key               249     218
sched_setaffinity         203     122
sched_setscheduler        144     119
sched_setparam            142     118
sched_setattr             314     274
setpriority               141     140
ioprio_set                251      30
personality               135      92
set_mempolicy             238     237
move_pages                279     239
migrate_pages             256     238
setuid                    105     146
setgid                    106     144
setreuid                  113     145
setregid                  114     143
setresuid                 117     147
setresgid                 119     149
setgroups                 116     159
setfsuid                  122     151
capset                    126      91
setrlimit                 160     164
seccomp                   317     277
landlock_create_ruleset    444     444
landlock_restrict_self    446     446
reboot                    169     142
kexec_load                246     104
init_module               175     105
finit_module              313     273
delete_module             176     106
syslog                    103     116
acct                      163      89
settimeofday              164     170
clock_settime             227     112
adjtimex                  159     171
sethostname               170     161
setdomainname             171     162
iopl                      172       -
ioperm                    173       -
timer_create              222     107
timerfd_create            283      85
signalfd4                 289      74
umask                      95     166
vhangup                   153      58
lookup_dcookie            212      18
modify_ldt                154       -
uselib                    134       -
pipe                       22       -
pipe2                     293      59
"""

_COLUMNS = {"x86_64": 1, "aarch64": 2}

NOT_IN_EARNEST = {
    "acct",
    "fork",
    "kexec_load",
    "ptrace",
    "reboot",
    "seccomp",
    "setdomainname",
    "sethostname",
    "sync",
    "vfork",
    "vhangup",
}
"""Those that would do something with arguments of zero, if a filter let them through."""


def refused(machine: str) -> dict[str, int]:
    """Names and numbers of the calls that a machine has."""
    rows = [line.split() for line in _TABLE.splitlines() if line and not line.startswith("#")]
    column = _COLUMNS[machine]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}
