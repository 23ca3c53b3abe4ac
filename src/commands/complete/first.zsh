    # The words as they are: _arguments cuts them to those of a command.
    local -a all=("${words[@]}") options
    local at=$CURRENT
    options=( \
OPTIONS
    )
    _arguments "${_arguments_options[@]}" : "${options[@]}" \
'1: :_kgrep_first' \
"*::: :->kgrep" \
&& ret=0
# ...
            (*)
words=("${all[@]}")
CURRENT=$at
_arguments "${_arguments_options[@]}" : "${options[@]}" \
'1: :_default' \
'*:path:_files' \
&& ret=0
;;
