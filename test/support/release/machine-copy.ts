/**
 * Put before a program and its arguments, it runs them as root on a copy of this machine: what they install is gone with their last process, and
 * this machine has nothing of it. Only the current folder, `/tmp` and the home folder are the real ones.
 */
export const onMachineCopy: readonly string[] = [
  'unshare',
  '--mount',
  'sh',
  '-euc',
  // Everything is mounted in a space of its own, also what covers /mnt.
  `mount -t tmpfs tmpfs /mnt
  mkdir /mnt/changes /mnt/work /mnt/root
  mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/changes,workdir=/mnt/work /mnt/root
  for folder in /proc /dev /tmp "$HOME" "$PWD"; do mount --rbind "$folder" "/mnt/root$folder"; done
  exec chroot /mnt/root sh -euc 'cd "$0"; exec "$@"' "$PWD" "$@"`,
  'sh',
]
