
# Names of the code, where a command wants one: kgrep's index has them.
complete -c kgrep -n "__fish_kgrep_using_subcommand def refs callers callees chain" -f -a "(kgrep __complete -- (commandline -ct) 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -f -a "(kgrep __complete -- (commandline -ct) trace 2>/dev/null)"

# Words of these commands' own.
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -f -a "LISTS"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -f -a "KINDS"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -f -a "edges symbols"
