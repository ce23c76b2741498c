using System.CommandLine;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton completion</c>: prints what a shell needs to complete words. The shell asks lepton itself what could stand at the cursor, by the directive <c>[suggest:position]</c>.</summary>
internal sealed class CompletionVerb : IVerb
{
    static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _lepton() {
                local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}"
                COMPREPLY=($(compgen -W "$(lepton "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$word"))
                [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
            }
            complete -o default -F _lepton lepton
            """,
        ["zsh"] = """
            #compdef lepton
            _lepton() {
                local -a words_found
                words_found=("${(@f)$(lepton "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
                compadd -S '' -M 'r:|=*' -- ${words_found:#^*=}
                compadd -- ${words_found:#*=}
            }
            compdef _lepton lepton
            """,
        ["fish"] = """
            complete -c lepton -a '(lepton "[suggest:"(commandline -C)"]" (commandline -p | string collect) 2>/dev/null)'
            """,
        ["powershell"] = """
            Register-ArgumentCompleter -Native -CommandName lepton -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $line = $commandAst.ToString().PadRight($cursorPosition)
                lepton "[suggest:$cursorPosition]" $line 2>$null | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """,
    };

    readonly Argument<string?> shell = new("shell") { Description = string.Join(", ", Scripts.Keys), Arity = ArgumentArity.ZeroOrOne };

    public IReadOnlyList<string> Examples => ["lepton completion bash", "lepton completion fish"];

    public Command Build(Host host)
    {
        shell.CompletionSources.Add([.. Scripts.Keys]);
        var command = new Command("completion", "Print what a shell needs to complete words: source <(lepton completion bash)") { shell };
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(shell) ?? throw new InvalidInputException($"Name the shell: {string.Join(", ", Scripts.Keys)}");
            host.Output.WriteLine(Scripts.TryGetValue(name, out var script) ? script : throw new InvalidInputException($"There is no completion for {name}: {Nearest.Hint(name, Scripts.Keys)}"));
            return ExitCodes.Success;
        });
        return command;
    }
}
