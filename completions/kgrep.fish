# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kgrep_global_optspecs
    string join \n e/regexp= f/file= F/fixed-strings G/basic-regexp i/ignore-case S/smart-case w/word-regexp x/line-regexp v/invert-match U/multiline multiline-dotall crlf and= not= file-has= file-lacks= g/glob= include= exclude= exclude-dir= iglob= type-list hidden no-hidden no-ignore ignore no-ignore-vcs no-ignore-parent L/follow no-follow d/max-depth= a/text binary A/after-context= B/before-context= C/context= p/show-function W/function-context l/files-with-matches files-without-match c/count o/only-matching 0/null m/max-count= q/quiet no-messages j/threads= no-index debug E/extended-regexp sort= n/line-number H/with-filename r/recursive I no-heading no-git no-ripgrep patch interactive list= max-list= format= layout= json vimgrep color= hyperlink= highlight= kconfig= at= git= no-header no-less no-config h help arch= theme= t/type= T/type-not= s/show= V/version
end

function __fish_kgrep_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_kgrep_global_optspecs) -- $cmd 2>/dev/null
    or begin
        set -e cmd[-1]
        argparse -s (__fish_kgrep_global_optspecs) -- $cmd 2>/dev/null
    end
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_kgrep_using_subcommand
    set -l cmd (__fish_kgrep_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c kgrep -n "__fish_kgrep_needs_command" -s e -l regexp -d 'Search for this pattern; may be given many times' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -s f -l file -d 'Search for the patterns in this file, one per line (`-`: standard input)' -r -F
complete -c kgrep -n "__fish_kgrep_needs_command" -l and -d 'The line must match this too; may be given many times' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l not -d 'The line must not match this' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l file-has -d 'The file must match this somewhere' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l file-lacks -d 'The file must not match this anywhere' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -s g -l glob -d 'Only files whose path matches this glob; `!` before it: leave them out' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l include -d 'As grep: only files whose name matches this glob' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l exclude -d 'As grep: no files whose name matches this glob' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l exclude-dir -d 'As grep: no folders whose name matches this glob' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l iglob -d 'As -g, without regard to case' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -s d -l max-depth -l maxdepth -d 'Go down at most this many folders' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -s A -l after-context -d 'Show this many lines after each match' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -s B -l before-context -d 'Show this many lines before each match' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -s C -l context -d 'Show this many lines before and after each match' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -s m -l max-count -d 'Stop after this many matching lines in a file' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -s j -l threads -d 'Search with this many threads (default: one per processor)' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l sort -d 'Accepted for habit\'s sake: matches are always in path order' -r -f -a "path\t''
none\t''"
complete -c kgrep -n "__fish_kgrep_needs_command" -l list -d 'The list of this number (see `kgrep lists`), not the newest one; -1: the one before it' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l max-list -d 'Keep at most this many matches for follow-ups' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_needs_command" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_needs_command" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_needs_command" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_needs_command" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_needs_command" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_needs_command" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_needs_command" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_needs_command" -s t -l type -d 'Only files of this type (see --type-list)' -r -f -a "ada\t''
agda\t''
aidl\t''
alire\t''
amake\t''
asciidoc\t''
asm\t''
asp\t''
ats\t''
avro\t''
awk\t''
bat\t''
batch\t''
bazel\t''
bitbake\t''
boxlang\t''
brotli\t''
buildstream\t''
bzip2\t''
c\t''
cabal\t''
candid\t''
carp\t''
cbor\t''
ceylon\t''
cfml\t''
clojure\t''
cmake\t''
cmd\t''
cml\t''
coffeescript\t''
config\t''
container\t''
coq\t''
cpp\t''
creole\t''
crystal\t''
cs\t''
csharp\t''
cshtml\t''
csproj\t''
css\t''
csv\t''
cuda\t''
cython\t''
d\t''
dart\t''
devicetree\t''
dhall\t''
diff\t''
dita\t''
docker\t''
dockercompose\t''
dts\t''
dvc\t''
ebuild\t''
edn\t''
elisp\t''
elixir\t''
elm\t''
erb\t''
erlang\t''
fennel\t''
fidl\t''
fish\t''
flatbuffers\t''
fortran\t''
fsharp\t''
fut\t''
gap\t''
gdscript\t''
gleam\t''
gn\t''
go\t''
gprbuild\t''
gradle\t''
graphql\t''
groovy\t''
gzip\t''
h\t''
haml\t''
hare\t''
haskell\t''
hbs\t''
hs\t''
html\t''
hurl\t''
hy\t''
idris\t''
janet\t''
java\t''
jinja\t''
jl\t''
js\t''
json\t''
jsonl\t''
julia\t''
jupyter\t''
k\t''
kconfig\t''
kotlin\t''
lean\t''
less\t''
license\t''
lilypond\t''
lisp\t''
llvm\t''
lock\t''
log\t''
lua\t''
lz4\t''
lzma\t''
m4\t''
make\t''
mako\t''
man\t''
markdown\t''
matlab\t''
md\t''
meson\t''
minified\t''
mint\t''
mk\t''
ml\t''
mojo\t''
motoko\t''
msbuild\t''
nim\t''
nix\t''
objc\t''
objcpp\t''
ocaml\t''
org\t''
pants\t''
pascal\t''
pdf\t''
perl\t''
php\t''
pkgbuild\t''
po\t''
pod\t''
postscript\t''
prolog\t''
proto\t''
protobuf\t''
ps\t''
puppet\t''
purs\t''
py\t''
python\t''
qmake\t''
qml\t''
qrc\t''
qui\t''
r\t''
racket\t''
raku\t''
rdoc\t''
readme\t''
reasonml\t''
red\t''
rescript\t''
robot\t''
rocq\t''
rst\t''
ruby\t''
rust\t''
sass\t''
scala\t''
scdoc\t''
seed7\t''
sh\t''
slim\t''
smarty\t''
sml\t''
solidity\t''
soy\t''
spark\t''
spec\t''
sql\t''
ssa\t''
stylus\t''
sv\t''
svelte\t''
svg\t''
swift\t''
swig\t''
systemd\t''
taskpaper\t''
tcl\t''
tex\t''
texinfo\t''
textile\t''
tf\t''
thrift\t''
toml\t''
ts\t''
twig\t''
txt\t''
typescript\t''
typoscript\t''
typst\t''
usd\t''
v\t''
vala\t''
vb\t''
vcl\t''
verilog\t''
vhdl\t''
vim\t''
vimscript\t''
vue\t''
webidl\t''
wgsl\t''
wiki\t''
xml\t''
xz\t''
yacc\t''
yaml\t''
yang\t''
z\t''
zig\t''
zsh\t''
zstd\t''"
complete -c kgrep -n "__fish_kgrep_needs_command" -s T -l type-not -d 'No files of this type' -r -f -a "ada\t''
agda\t''
aidl\t''
alire\t''
amake\t''
asciidoc\t''
asm\t''
asp\t''
ats\t''
avro\t''
awk\t''
bat\t''
batch\t''
bazel\t''
bitbake\t''
boxlang\t''
brotli\t''
buildstream\t''
bzip2\t''
c\t''
cabal\t''
candid\t''
carp\t''
cbor\t''
ceylon\t''
cfml\t''
clojure\t''
cmake\t''
cmd\t''
cml\t''
coffeescript\t''
config\t''
container\t''
coq\t''
cpp\t''
creole\t''
crystal\t''
cs\t''
csharp\t''
cshtml\t''
csproj\t''
css\t''
csv\t''
cuda\t''
cython\t''
d\t''
dart\t''
devicetree\t''
dhall\t''
diff\t''
dita\t''
docker\t''
dockercompose\t''
dts\t''
dvc\t''
ebuild\t''
edn\t''
elisp\t''
elixir\t''
elm\t''
erb\t''
erlang\t''
fennel\t''
fidl\t''
fish\t''
flatbuffers\t''
fortran\t''
fsharp\t''
fut\t''
gap\t''
gdscript\t''
gleam\t''
gn\t''
go\t''
gprbuild\t''
gradle\t''
graphql\t''
groovy\t''
gzip\t''
h\t''
haml\t''
hare\t''
haskell\t''
hbs\t''
hs\t''
html\t''
hurl\t''
hy\t''
idris\t''
janet\t''
java\t''
jinja\t''
jl\t''
js\t''
json\t''
jsonl\t''
julia\t''
jupyter\t''
k\t''
kconfig\t''
kotlin\t''
lean\t''
less\t''
license\t''
lilypond\t''
lisp\t''
llvm\t''
lock\t''
log\t''
lua\t''
lz4\t''
lzma\t''
m4\t''
make\t''
mako\t''
man\t''
markdown\t''
matlab\t''
md\t''
meson\t''
minified\t''
mint\t''
mk\t''
ml\t''
mojo\t''
motoko\t''
msbuild\t''
nim\t''
nix\t''
objc\t''
objcpp\t''
ocaml\t''
org\t''
pants\t''
pascal\t''
pdf\t''
perl\t''
php\t''
pkgbuild\t''
po\t''
pod\t''
postscript\t''
prolog\t''
proto\t''
protobuf\t''
ps\t''
puppet\t''
purs\t''
py\t''
python\t''
qmake\t''
qml\t''
qrc\t''
qui\t''
r\t''
racket\t''
raku\t''
rdoc\t''
readme\t''
reasonml\t''
red\t''
rescript\t''
robot\t''
rocq\t''
rst\t''
ruby\t''
rust\t''
sass\t''
scala\t''
scdoc\t''
seed7\t''
sh\t''
slim\t''
smarty\t''
sml\t''
solidity\t''
soy\t''
spark\t''
spec\t''
sql\t''
ssa\t''
stylus\t''
sv\t''
svelte\t''
svg\t''
swift\t''
swig\t''
systemd\t''
taskpaper\t''
tcl\t''
tex\t''
texinfo\t''
textile\t''
tf\t''
thrift\t''
toml\t''
ts\t''
twig\t''
txt\t''
typescript\t''
typoscript\t''
typst\t''
usd\t''
v\t''
vala\t''
vb\t''
vcl\t''
verilog\t''
vhdl\t''
vim\t''
vimscript\t''
vue\t''
webidl\t''
wgsl\t''
wiki\t''
xml\t''
xz\t''
yacc\t''
yaml\t''
yang\t''
z\t''
zig\t''
zsh\t''
zstd\t''"
complete -c kgrep -n "__fish_kgrep_needs_command" -s s -l show -d 'Follow up on a list: `-s 27` opens match 27, `-s c5` shows context, `-s tree` counts by folder; `-s \'?\'` explains the commands' -r -f -a "print\t''
show\t''
context\t''
tree\t''
delete\t''
keep\t''
refine\t''
files\t''
grep\t''
quit\t''
?\t''
undo\t''
browse\t''"
complete -c kgrep -n "__fish_kgrep_needs_command" -s F -l fixed-strings -d 'Plain text, not a regular expression'
complete -c kgrep -n "__fish_kgrep_needs_command" -s G -l basic-regexp -d 'A basic regular expression, as grep\'s without -E: `\\(a\\|b\\)` are operators, `(` is text'
complete -c kgrep -n "__fish_kgrep_needs_command" -s i -l ignore-case -d 'Upper and lower case are the same'
complete -c kgrep -n "__fish_kgrep_needs_command" -s S -l smart-case -d 'As -i, unless the pattern has an upper-case letter'
complete -c kgrep -n "__fish_kgrep_needs_command" -s w -l word-regexp -d 'Whole words only'
complete -c kgrep -n "__fish_kgrep_needs_command" -s x -l line-regexp -d 'Whole lines only'
complete -c kgrep -n "__fish_kgrep_needs_command" -s v -l invert-match -d 'Lines that don\'t match'
complete -c kgrep -n "__fish_kgrep_needs_command" -s U -l multiline -d 'A match may go over several lines'
complete -c kgrep -n "__fish_kgrep_needs_command" -l multiline-dotall -d 'With -U, `.` matches line ends too'
complete -c kgrep -n "__fish_kgrep_needs_command" -l crlf -d 'Treat CRLF as a line end, so that `$` matches before it'
complete -c kgrep -n "__fish_kgrep_needs_command" -l type-list -d 'List the types and their globs'
complete -c kgrep -n "__fish_kgrep_needs_command" -l hidden -d 'Search hidden files and folders too'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-hidden -d 'Leave out hidden files and folders, whatever the configuration says'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-ignore -d 'Search files that .gitignore, .ignore or .rgignore leave out'
complete -c kgrep -n "__fish_kgrep_needs_command" -l ignore -d 'Respect ignore files, whatever the configuration says'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-ignore-vcs -d 'Don\'t respect .gitignore and other version-control ignore files'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-ignore-parent -d 'Don\'t respect ignore files of parent folders'
complete -c kgrep -n "__fish_kgrep_needs_command" -s L -l follow -d 'Follow symbolic links'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-follow -d 'Don\'t follow symbolic links, whatever the configuration says'
complete -c kgrep -n "__fish_kgrep_needs_command" -s a -l text -d 'Search binary files as if they were text'
complete -c kgrep -n "__fish_kgrep_needs_command" -l binary -d 'Search binary files, and say which of them match'
complete -c kgrep -n "__fish_kgrep_needs_command" -s p -l show-function -d 'Show the function that each match is in, as a column'
complete -c kgrep -n "__fish_kgrep_needs_command" -s W -l function-context -d 'Show the whole function around each match'
complete -c kgrep -n "__fish_kgrep_needs_command" -s l -l files-with-matches -d 'Only the files that have a match'
complete -c kgrep -n "__fish_kgrep_needs_command" -l files-without-match -d 'Only the files that have no match'
complete -c kgrep -n "__fish_kgrep_needs_command" -s c -l count -d 'Only the number of matching lines of each file; with -o, of matches'
complete -c kgrep -n "__fish_kgrep_needs_command" -s o -l only-matching -d 'Only the parts of lines that match, each in its own row'
complete -c kgrep -n "__fish_kgrep_needs_command" -s 0 -l null -d 'A NUL byte behind each path, for `xargs -0`'
complete -c kgrep -n "__fish_kgrep_needs_command" -s q -l quiet -d 'Print nothing; the exit status tells'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-messages -d 'Say nothing about files that can\'t be read'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-index -d 'Search without the index'
complete -c kgrep -n "__fish_kgrep_needs_command" -l debug -d 'Say on standard error how the search is done'
complete -c kgrep -n "__fish_kgrep_needs_command" -s E -l extended-regexp -d 'Accepted for habit\'s sake: patterns are extended regular expressions'
complete -c kgrep -n "__fish_kgrep_needs_command" -s n -l line-number -d 'Accepted for habit\'s sake: line numbers, paths and sub-folders are the rule'
complete -c kgrep -n "__fish_kgrep_needs_command" -s H -l with-filename -d 'Accepted for habit\'s sake'
complete -c kgrep -n "__fish_kgrep_needs_command" -s r -l recursive -d 'Accepted for habit\'s sake: folders are searched through and through'
complete -c kgrep -n "__fish_kgrep_needs_command" -s I -d 'Accepted for habit\'s sake: binary files are left out, as with grep\'s `-I`'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-heading -d 'Accepted for habit\'s sake: a path stands in each row'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-git -d 'Accepted for vgrep\'s sake: kgrep never calls git grep'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-ripgrep -d 'Accepted for vgrep\'s sake: kgrep has ripgrep\'s libraries built in'
complete -c kgrep -n "__fish_kgrep_needs_command" -l patch -d 'With `-s p` on a list of `kgrep diff`: the hunks themselves, as a patch'
complete -c kgrep -n "__fish_kgrep_needs_command" -l interactive -d 'Enter the shell, where follow-ups are typed one after the other'
complete -c kgrep -n "__fish_kgrep_needs_command" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_needs_command" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_needs_command" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_needs_command" -s h -d 'Print a short help'
complete -c kgrep -n "__fish_kgrep_needs_command" -l help -d 'Print the whole help'
complete -c kgrep -n "__fish_kgrep_needs_command" -s V -l version -d 'Print version'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "index" -d 'Build or update the index of a tree, which makes searches many times faster'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "find" -d 'Find symbols, documentation, options and parameters by a few words, best first'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "def" -d 'Find where a name is defined'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "refs" -d 'List every use of a name'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "callers" -d 'Show who calls a function, as a tree'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "callees" -d 'Show what a function calls, as a tree'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "functions" -d 'Find the functions that have all of several texts in their bodies'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "chain" -d 'Find the shortest call chains from one function to another'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "trace" -d 'Tell all about one name: system call, boot parameter, struct, file, …'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "built" -d 'Tell whether a configuration builds a file, and which lines decide'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "configs" -d 'Tell in which symbols, modules and files two configurations differ'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "log" -d 'Tell where a kernel log\'s lines come from: messages, stack traces, reports'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "messages" -d 'List the messages that the kernel can print, with the calls that print them'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "queries" -d 'Show which recipes `trace` has, explain one, or check them'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "list" -d 'List all system calls, boot parameters, initcalls, exports, …'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "export" -d 'Print the call graph or all symbols as a table, or write tables of kernels'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "diff" -d 'List what a distribution\'s kernel, or a set of patches, does differently'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "touched" -d 'Tell which functions, types and macros a change touches'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "exists" -d 'Prove that a name is there or not: in this tree, or in which of several'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "history" -d 'Tell what a name is in revisions, folders and with patches, and what changed'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "lsp" -d 'Answer an editor\'s questions, by the Language Server Protocol'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "mcp" -d 'Answer an agent\'s questions, by the Model Context Protocol'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "browse" -d 'Show a list on the whole screen, with the source beside it'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "lists" -d 'Show which lists are kept, show one again, or remove them'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "config" -d 'Print the settings in force and where each comes from'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "demo" -d 'Take a tour on a small kernel-like tree: search, find, trace, diff, log'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "help" -d 'Print the help of kgrep, or of a command'
complete -c kgrep -n "__fish_kgrep_needs_command" -a "version" -d 'Print the version'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l tags -d 'Index the revisions whose tags match this; may be given many times, as --at REV' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l status -d 'Say where the index is, when it was built, what is in it and what changed since'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l rebuild -d 'Build it from nothing'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l code -d 'Let an index made with --no-code or --no-catalog know everything'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l no-code -d 'Index the text alone, for searches: a fifth of the time, a quarter of the size. An index stays so until --code'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l no-catalog -d 'Leave out the catalog that `kgrep find` searches. An index stays so until --code'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l remove -d 'Remove it; of a revision (--at), with its files'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l check -d 'Verify every checksum, and read a sample of the files again'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l list -d 'List all trees that have an index'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l prune -d 'Remove the indexes of trees that are gone, and what `--at` laid out of revisions that nobody asked about for 30 days'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l json -d 'Print --status and --list as JSON, as --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -s v -l verbose -d 'Say what is being done, line by line'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l background -d 'Update quietly with low priority, away from the terminal: what a search starts'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand index" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l kind -d 'Only things of these kinds: symbol, doc, config, param, maintainer, file, or one of `def --kind`\'s: function, macro, struct…' -r -f -a "symbol\t'Functions, structures, macros, variables, …'
doc\t'Sections of the documentation'
config\t'Kconfig entries'
param\t'Boot parameters'
maintainer\t'Entries of MAINTAINERS'
file\t'Source files, by the comment that they begin with'
function\t'Functions, also those of macros, assembler and Rust'
syscall\t'System calls'
macro\t'Macros and constants'
constant\t'Constants and enumerators'
struct\t'Structures'
union\t'Unions'
enum\t'Enumerations'
enumerator\t'Constants of enumerations'
typedef\t'Names of types'
variable\t'Variables'
tracepoint\t'Tracepoints'
asm\t'Assembler symbols'
compatible\t'Devicetree compatibles'
rust-function\t'Functions in Rust'"
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l in -d 'Only in this file or below this folder; may be given many times' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -s n -l number -d 'Show at most this many' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand find" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l names-from -d 'Ask about the names in this file too, one per line (-: standard input)' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l seen-from -d 'Of several definitions of a name only those that this file can mean: its own static functions, or what it can call; may be given many times' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l kind -d 'Only definitions of these kinds: function, macro, struct, union, enum, constant, typedef, variable, syscall, declaration, …' -r -f -a "function\t''
syscall\t''
macro\t''
constant\t''
struct\t''
union\t''
enum\t''
enumerator\t''
typedef\t''
variable\t''
declaration\t''
member\t''
tracepoint\t''
asm\t''
kconfig\t''
compatible\t''
rust-function\t''"
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l body -d 'Print the whole definitions, instead of one line each'
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l expand -d 'With --body: also what a macro writes that makes the definition'
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand def" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l names-from -d 'Ask about the names in this file too, one per line (-: standard input)' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l seen-from -d 'Of several definitions of a name only those that this file can mean: its own static functions, or what it can call; may be given many times' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l kinds -d 'Only these kinds of use: call, macro, ref, init, indirect, use' -r -f -a "call\t''
macro\t''
ref\t''
init\t''
indirect\t''
use\t''"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l access -d 'Only accesses of these kinds, of a variable or a field (STRUCT.FIELD): read, write (both with what does both), read-write, address, declared, initialised' -r -f -a "read\t''
write\t''
read-write\t''
address\t''
declared\t''
initialised\t''"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l as -d 'Only what has to do with pointers, of a function or of a field that holds functions (STRUCT.FIELD): dispatch (who calls through it), table (which tables have it), registration (who registers or stores it)' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -s n -l number -d 'Show at most this many' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l svg -d 'Draw the graph into this file, with Graphviz\' dot' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l link-base -d 'What names in the picture link to: URL/PATH#LLINE (default: the file)' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l dot -d 'Print a graph in the language of Graphviz'
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l macros -d 'Draw macros and constants, too; `callees` also lists those that are constants, casts and checks'
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand refs" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l names-from -d 'Ask about the names in this file too, one per line (-: standard input)' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l seen-from -d 'Of several definitions of a name only those that this file can mean: its own static functions, or what it can call; may be given many times' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -s d -l depth -d 'Go on this many steps' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l kinds -d 'Only these kinds of steps: call, macro, ref, init, indirect (default: call, macro and ref)' -r -f -a "call\t''
macro\t''
ref\t''
init\t''
indirect\t''"
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -s n -l number -d 'Show at most this many' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l svg -d 'Draw the graph into this file, with Graphviz\' dot' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l link-base -d 'What names in the picture link to: URL/PATH#LLINE (default: the file)' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l arg -d 'Only calls whose Nth argument matches this; may be given many times' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l all -d 'Show the calls through pointers that are only possible, too'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l dot -d 'Print a graph in the language of Graphviz'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l macros -d 'Draw macros and constants, too; `callees` also lists those that are constants, casts and checks'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l args -d 'Show the arguments of each call'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand callers" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l names-from -d 'Ask about the names in this file too, one per line (-: standard input)' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l seen-from -d 'Of several definitions of a name only those that this file can mean: its own static functions, or what it can call; may be given many times' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -s d -l depth -d 'Go on this many steps' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l kinds -d 'Only these kinds of steps: call, macro, ref, init, indirect (default: call, macro and ref)' -r -f -a "call\t''
macro\t''
ref\t''
init\t''
indirect\t''"
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -s n -l number -d 'Show at most this many' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l svg -d 'Draw the graph into this file, with Graphviz\' dot' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l link-base -d 'What names in the picture link to: URL/PATH#LLINE (default: the file)' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l all -d 'Show the calls through pointers that are only possible, too'
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l dot -d 'Print a graph in the language of Graphviz'
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l macros -d 'Draw macros and constants, too; `callees` also lists those that are constants, casts and checks'
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand callees" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l with -d 'A pattern that a line of the function matches; may be given many times' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l without -d 'A pattern that no line of the function matches; may be given many times' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand functions" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -s n -l number -d 'Show at most this many chains' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l through -d 'It must pass this name; may be given many times, in order' -r -f -a "(kgrep __complete -- (commandline -ct) 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l avoid -d 'It must not pass this name; may be given many times' -r -f -a "(kgrep __complete -- (commandline -ct) 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l max-depth -d 'At most this many hops' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l svg -d 'Draw the graph into this file, with Graphviz\' dot' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l link-base -d 'What names in the picture link to: URL/PATH#LLINE (default: the file)' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l indirect -d 'It may go through tables of functions, such as struct file_operations'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l all -d 'Calls through pointers that are only possible are hops like any other'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l dot -d 'Print a graph in the language of Graphviz'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l macros -d 'Draw macros and constants, too; `callees` also lists those that are constants, casts and checks'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand chain" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l names-from -d 'Ask about the names in this file too, one per line (-: standard input)' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l seen-from -d 'Of several definitions of a name only those that this file can mean: its own static functions, or what it can call; may be given many times' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l as -d 'Take it for a name of this kind, and tell all of it' -r -f -a "syscall\t''
removed-syscall\t''
initcall\t''
function\t''
macro\t''
struct\t''
typedef\t''
ops\t''
ops-field\t''
config\t''
boot-param\t''
documented-param\t''
sysctl\t''
cgroup-file\t''
tracepoint\t''
export\t''
module\t''
dt-compatible\t''
file\t''
folder\t''
include\t''
applet\t''
rust-function\t''"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -s d -l depth -d 'Follow calls this many steps' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l body -d 'Print the definition and the static functions it calls in full'
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l all -d 'Print long sections to their end'
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l trust-tree -d 'Use the recipes in the tree\'s own .kgrep/queries, too'
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand built" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand configs" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l only -d 'Only these rows' -r -f -a "frames\t'Stack frames, and places that lines name themselves'
messages\t'Lines that a call printed'
reports\t'Oopses, warnings, panics and their like, with their heads'"
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l patches -d 'Mark functions of traces that these patches touch: a series, a folder, an mbox, a spec' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l on -d 'The tree that the patches belong to (default: the one around the current folder); alone, its own debian/patches count, in it or beside it' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l vmlinux -d 'The kernel\'s own vmlinux with debug information: exact lines, and what was inlined' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l modules -d 'Modules with debug information (*.ko, *.ko.debug, packed or not), anywhere below a folder' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l dmesg -d 'Read the running kernel\'s log, as `dmesg` does'
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand log" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l level -d 'Only those of this level: emerg, alert, crit, err, warn, notice, info, debug, cont' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l in -d 'Only those of files in this folder, or of this file' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand messages" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l check -d 'Run every recipe\'s examples on a tree: this one, or the one around the current folder' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l trust-tree -d 'Use the recipes in the tree\'s own .kgrep/queries, too'
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l trust-tree -d 'Use the recipes in the tree\'s own .kgrep/queries, too'
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l out -d 'With --format parquet: write a file for each tree into this folder, rev=NAME/part-0.parquet; those that are there are left' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l tags -d 'With --out: all revisions whose tags match this, in the order of their versions; may be given many times' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l trees-from -d 'With --out: more trees, from this file, one per line (-: standard input)' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l jobs -d 'With --out: of N machines with the same list of trees, this is the Kth: do every Nth tree' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l on -d 'The tree that the patches belong to: lines and functions are looked up there' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l strip -d 'How many leading folders the patches\' names carry, as for patch -p (default: found by TREE\'s files)' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l patches -d 'The patches that made DISTRO, to name the one behind each hunk (default: the debian/patches in it or beside it)' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l in -d 'What PATTERN must match in' -r -f -a "added\t'In added lines'
removed\t'In removed lines'
context\t'In unchanged lines of a hunk'
message\t'In the patch\'s message'
any\t'In all of these, and in file names'"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s e -l regexp -d 'Search for this pattern; may be given many times' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s f -l file -d 'Search for the patterns in this file, one per line' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l and -d 'The line must match this too; may be given many times' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l not -d 'The line must not match this' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s g -l glob -d 'Only files whose path matches this glob; `!` before it: leave them out' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l include -d 'As grep: only files whose name matches this glob' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l exclude -d 'As grep: no files whose name matches this glob' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l exclude-dir -d 'As grep: no folders whose name matches this glob' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s t -l type -d 'Only files of this type (see --type-list)' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s T -l type-not -d 'No files of this type' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l by -d 'Count hunks instead of listing them' -r -f -a "patch\t'By patch'
file\t'By file'
function\t'By function, Kconfig entry, section'
folder\t'By folder'
subsystem\t'By section of MAINTAINERS'"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l kind -d 'What changed in kernel terms; PATTERN is then the name of one such thing' -r -f -a "params\t'Boot and module parameters'
configs\t'Kconfig entries and their defaults'
syscalls\t'System calls'
exports\t'Exported symbols and GPL marks'
structs\t'Structs and their fields'
functions\t'Functions, new, gone, or with another signature'
ids\t'Entries of device ID tables'
docs\t'Sections of documents'
all\t'All of these'"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l fuzz -d 'How many context lines may differ, as for patch, with --applied' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s F -l fixed-strings -d 'Plain text, not a regular expression'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s i -l ignore-case -d 'Upper and lower case are the same'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s S -l smart-case -d 'As -i, unless the pattern has an upper-case letter'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s w -l word-regexp -d 'Whole words only'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s x -l line-regexp -d 'Whole lines only'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s v -l invert-match -d 'Hunks without any line that matches'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s q -l quiet -d 'Print nothing; the exit status tells'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l applied -d 'Whether each hunk applies to TREE, is in it already, or conflicts'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l stat -d 'Files with a bar of plus and minus signs each, as git has them'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l patch -d 'The hunks themselves, highlighted on a terminal'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand diff" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l strip -d 'How many leading folders the patches\' names carry, as for patch -p (default: found by the tree\'s files)' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand touched" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l names-from -d 'Ask about the names in this file too, one per line (-: standard input)' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l in -d 'Ask these trees, folders or git:REV: what is it in each?' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l patches -d 'Say which of these patches would bring it: a series, a folder, an mbox, a spec' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand exists" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l tags -d 'All revisions whose tags match this, in the order of their versions; may be given many times' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l names-from -d 'Ask about the names in this file too, one per line (-: standard input)' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l body -d 'Also count changes of the definition\'s text'
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand history" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l stdio -d 'Standard input and output are used: what some editors say to every server'
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand lsp" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l tree -d 'A folder of the tree; without it, the client\'s first root, or the current folder' -r -F
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand mcp" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand browse" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l remove -d 'Remove the list of this number, or all' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l json -d 'Print JSON Lines, as --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand lists" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand config" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand demo" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand help" -l no-config -d 'Leave out the configuration file'
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l format -d 'How matches are printed' -r -f -a "table\t'Numbered columns: Index File Line Content'
grep\t'path:line:text'
vimgrep\t'path:line:column:text'
json\t'ripgrep\'s JSON Lines, with the index'
patch\t'A unified diff, of the hunks of `kgrep diff`'
parquet\t'Tables for other engines, of `kgrep export`'"
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l layout -d 'How rows are arranged on a terminal' -r -f -a "auto\t'As a table while paths leave the source enough room, else under headings'
table\t'Columns: Index File Line Content; in a pipe always'
grouped\t'Each file once, as a heading above its rows'
sections\t'As suits the answer: sections, trees, chains, names first'"
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l hyperlink -d 'When paths are links that a terminal can open' -r -f -a "auto\t'On a terminal that can do it'
always\t'Also in a pipe'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l highlight -d 'Whether source code is highlighted' -r -f -a "auto\t'On a terminal with colours'
never\t'Not at all'"
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l kconfig -d 'The kernel configuration that all is about: what it doesn\'t build is left out. A .config, one packed with gzip, or the folder of a built kernel; `none` for none' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l at -d 'Ask a git revision, not the files that are checked out: a tag, a branch, a hash, HEAD~3; REV:FOLDER starts there' -r
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l git -d 'The repository of --at (default: the one around the current folder)' -r -f -a "(__fish_complete_directories)"
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l arch -d 'The architecture that questions about code are about, as its folder in arch/ is called (default: this machine\'s); `all` for all of them' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l theme -d 'The highlighting\'s theme' -r -f -a "(kgrep __complete -- (commandline -ct) (commandline -opc)[-1] 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -s h -l help -d 'Print help'
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l json -d 'As --format json'
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l vimgrep -d 'As --format vimgrep'
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l no-header -d 'No header lines'
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l no-less -l no-pager -d 'No pager'
complete -c kgrep -n "__fish_kgrep_using_subcommand version" -l no-config -d 'Leave out the configuration file'

# Names of the code, where a command wants one: kgrep's index has them.
complete -c kgrep -n "__fish_kgrep_using_subcommand def refs callers callees chain" -f -a "(kgrep __complete -- (commandline -ct) 2>/dev/null)"
complete -c kgrep -n "__fish_kgrep_using_subcommand trace" -f -a "(kgrep __complete -- (commandline -ct) trace 2>/dev/null)"

# Words of these commands' own.
complete -c kgrep -n "__fish_kgrep_using_subcommand list" -f -a "syscalls initcalls ops configs boot-params tracepoints exports modules"
complete -c kgrep -n "__fish_kgrep_using_subcommand queries" -f -a "syscall removed-syscall initcall function macro struct typedef ops ops-field config boot-param documented-param sysctl cgroup-file tracepoint export module dt-compatible file folder include applet rust-function"
complete -c kgrep -n "__fish_kgrep_using_subcommand export" -f -a "edges symbols"
