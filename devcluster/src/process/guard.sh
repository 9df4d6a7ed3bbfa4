# Started by process.rs. Reads one order a line and carries all of them out when the owner says `end` or is gone.
#   kill GROUP      end this process group with SIGKILL       forget GROUP    it has ended; its id may be reused
#   folder PATH     remove this folder and all that is in it  cgroup PATH     remove this tree of empty cgroup folders
trap '' HUP INT TERM
groups=' ' folders= cgroups=
newline='
'
while read -r order value; do
  case $order in
    kill) groups="$groups$value " ;;
    forget) case $groups in *" $value "*) groups="${groups%%" $value "*} ${groups#*" $value "}" ;; esac ;;
    folder) folders="$folders$value$newline" ;;
    cgroup) cgroups="$cgroups$value$newline" ;;
    end) break ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
# A killed process takes a moment to go, and may still write until then. Five seconds, then the folders go anyway.
for group in $groups; do
  tries=100
  while [ "$tries" -gt 0 ] && kill -0 "-$group" 2>/dev/null; do sleep 0.05; tries=$((tries - 1)); done
done
printf %s "$cgroups" | while IFS= read -r cgroup; do
  tries=100
  while [ "$tries" -gt 0 ] && [ -d "$cgroup" ]; do
    find "$cgroup" -depth -type d -exec rmdir {} \; 2>/dev/null || sleep 0.05
    tries=$((tries - 1))
  done
done
printf %s "$folders" | while IFS= read -r folder; do rm -rf -- "$folder"; done
