/**
 * What the guardian runs. Its stdin says which process groups live (`+ group`, `- group`) and which directories are
 * private to them (`d path`, `r path` when one was removed). The end of it means that its
 * maker has gone: then it asks the groups to end, waits for at most about two seconds, ends them, and then whatever else
 * carries a mark that begins with its first argument, and last it removes the directories.
 *
 * Plain POSIX shell, because that is everywhere where commands can be run and takes next to no memory. The signals of a
 * terminal or a service manager that ends the maker must not end the guardian before it has done its work.
 */
export const guardianScript = `
trap '' HUP INT TERM
groups=' '
line='
'
directories=$line
while read -r change group; do
  case $change in
    +) case $groups in
         *" $group "*) ;;
         *) groups="$groups$group " ;;
       esac ;;
    -) case $groups in
         *" $group "*) groups="\${groups%% "$group" *} \${groups#* "$group" }" ;;
       esac ;;
    d) directories="$directories$group$line" ;;
    r) case $directories in
         *"$line$group$line"*)
           directories="\${directories%%"$line$group$line"*}$line\${directories#*"$line$group$line"}" ;;
       esac ;;
  esac
done

signal_all() {
  for group in $groups; do kill -s "$1" -- "-$group" 2>/dev/null; done
}
any_lives() {
  for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && return 0; done
  return 1
}

signal_all TERM
waits=0
while [ "$waits" -lt 20 ] && any_lives; do
  sleep 0.1 2>/dev/null || sleep 1
  waits=$((waits + 1))
done
signal_all KILL

end_marked() {
  [ -r /proc/self/environ ] || return
  rounds=0
  while [ "$rounds" -lt 10 ]; do
    found=$(grep -lF -- "RUNFOLD_ATTEMPT_MARK=$1-" /proc/[0-9]*/environ 2>/dev/null)
    [ -n "$found" ] || return
    for file in $found; do
      file=\${file#/proc/}
      kill -s KILL "\${file%/environ}" 2>/dev/null
    done
    rounds=$((rounds + 1))
  done
}
end_marked "$1"

set -f
IFS=$line
for directory in $directories; do rm -rf -- "$directory"; done
`;
