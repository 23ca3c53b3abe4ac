
# Names of the code, where a command wants one: kgrep's index has them.
complete -c kgrep -n "__fish_kgrep_using_subcommand def refs callers callees chain trace" -f -a "(kgrep __complete -- (commandline -ct) 2>/dev/null)"
