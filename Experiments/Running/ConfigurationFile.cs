using System.Globalization;
using Lepton.Neuro.Experiments.Reporting;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>A configuration as YAML: plain keys named like the options, and the settings below <c>settings</c>.</summary>
public static class ConfigurationFile
{
    const long LargestFile = 1 << 20;
    const string FileName = "config.yaml", AgainMark = "# Run it again: ";

    static readonly string[] Keys = ["experiment", "version", "commit", "data", "seed", "threads", "vector-bits", "epochs", "settings"];

    /// <summary>Writes a configuration with the effective value of every setting.</summary>
    /// <param name="configuration">What to write.</param>
    /// <returns>The text of the file.</returns>
    public static string Write(RunConfiguration configuration)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        writer.Write($"{AgainMark}{configuration.ToCommandLine(FileName)}\n");
        // Values must not be folded over lines: a long path is one line.
        var emitter = new Emitter(writer, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Map(emitter, () =>
        {
            Pair(emitter, "experiment", configuration.Experiment.Name);
            Pair(emitter, "version", BuildInformation.Version);
            Pair(emitter, "commit", BuildInformation.Commit);
            if (configuration.Data is not null)
                Pair(emitter, "data", configuration.Data, isText: true);
            Pair(emitter, "seed", configuration.Seed.ToString(CultureInfo.InvariantCulture));
            Pair(emitter, "threads", configuration.Threads.ToString(CultureInfo.InvariantCulture));
            Pair(emitter, "vector-bits", RunConfiguration.FormatVectorBits(configuration.VectorBits));
            Pair(emitter, "epochs", configuration.Epochs.ToString(CultureInfo.InvariantCulture));
            emitter.Emit(new Scalar("settings"));
            Map(emitter, () =>
            {
                foreach (var setting in configuration.Experiment.Settings)
                    Pair(emitter, setting.Key, setting.FormatValue(configuration.Settings[setting.Key]), isText: setting is TextSetting or ChoiceSetting);
            });
        });
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return writer.ToString();
    }

    /// <summary>Reads a configuration file. Values are checked later, together with the command line.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <returns>What the file asks for.</returns>
    /// <exception cref="InvalidInputException">The file is missing, not YAML, or has a key that does not exist.</exception>
    public static RunRequest Read(string path)
    {
        string text;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new InvalidInputException("--config", path, "a YAML file that exists");
            if (file.Length > LargestFile)
                throw new InvalidInputException("--config", $"{path} of {file.Length} bytes", "a file of at most 1 MiB");
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"--config is {path}, which cannot be read: {error.Message}", error);
        }
        return Parse(text, path);
    }

    /// <summary>The command that makes the run of a file again: of an experiment, or of a script.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shown">What to call it in the command.</param>
    /// <returns>The command, as the file itself says it; that of an experiment where it says none.</returns>
    internal static string Again(string path, string shown)
    {
        string first = File.ReadLines(path).FirstOrDefault("");
        return first.StartsWith(AgainMark, StringComparison.Ordinal) && first.EndsWith(FileName, StringComparison.Ordinal)
            ? first[AgainMark.Length..^FileName.Length] + ShellWord.Quote(shown)
            : $"lepton run --config {ShellWord.Quote(shown)}";
    }

    /// <summary>Reads the text of a configuration file.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <returns>What the text asks for.</returns>
    /// <exception cref="InvalidInputException">The text is not YAML or has a key that does not exist.</exception>
    public static RunRequest Parse(string text, string name)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            throw new InvalidInputException(
                $"{name} is not YAML at line {error.Start.Line.ToString(CultureInfo.InvariantCulture)}: {error.Message.ReplaceLineEndings(" ")}", error);
        }
        if (yaml.Documents.Count != 1 || yaml.Documents[0].RootNode is not YamlMappingNode root)
            throw new InvalidInputException("the configuration", yaml.Documents.Count == 0 ? $"{name}, an empty file" : $"{name}, which is something else", "one YAML mapping with the keys " + string.Join(", ", Keys));

        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = new List<KeyValuePair<string, string>>();
        foreach (var (keyNode, valueNode) in root.Children)
        {
            var key = ScalarText(keyNode, $"A key of {name}");
            if (!Keys.Contains(key, StringComparer.Ordinal))
                throw new InvalidInputException($"{name} has an unknown key {key}: {Nearest.Hint(key, Keys)}");
            if (string.Equals(key, "settings", StringComparison.Ordinal))
            {
                if (valueNode is YamlMappingNode map)
                {
                    foreach (var (settingKey, settingValue) in map.Children)
                    {
                        var settingName = ScalarText(settingKey, $"A setting's key in {name}");
                        settings.Add(new(settingName, ScalarText(settingValue, $"Setting {settingName} in {name}")));
                    }
                }
                else if (valueNode is not YamlScalarNode { Value: null or "" })
                {
                    throw new InvalidInputException($"settings in {name}", "not a mapping", "key: value lines");
                }
            }
            else
            {
                found[key] = ScalarText(valueNode, $"{key} in {name}");
            }
        }
        if (found.TryGetValue("version", out var version))
            CheckVersion(version, name);
        return new RunRequest
        {
            Experiment = found.GetValueOrDefault("experiment"),
            Data = found.GetValueOrDefault("data"),
            Seed = found.GetValueOrDefault("seed"),
            Threads = found.GetValueOrDefault("threads"),
            VectorBits = found.GetValueOrDefault("vector-bits"),
            Epochs = found.GetValueOrDefault("epochs"),
            Settings = settings,
        };
    }

    /// <summary>A newer program may mean something else by the same words.</summary>
    static void CheckVersion(string text, string name)
    {
        static System.Version? Parse(string text) => System.Version.TryParse(text.Split('-')[0], out var version) ? version : null;
        var written = Parse(text) ?? throw new InvalidInputException($"version in {name}", text, "a version such as 0.1.0");
        if (Parse(BuildInformation.Version) is { } own && written > own)
            throw new InvalidInputException($"version in {name}", $"{text}, newer than this program", $"versions up to {BuildInformation.Version}");
    }

    static string ScalarText(YamlNode node, string thing) =>
        node is YamlScalarNode { Value: { } value }
            ? value
            : throw new InvalidInputException(thing, "a list or a mapping", "one value");

    static void Map(Emitter emitter, Action content)
    {
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        content();
        emitter.Emit(new MappingEnd());
    }

    static void Pair(Emitter emitter, string key, string value, bool isText = false)
    {
        emitter.Emit(new Scalar(key));
        // Quoted, a text stays a text whatever it looks like: no, 1e5, ~.
        emitter.Emit(isText
            ? new Scalar(AnchorName.Empty, TagName.Empty, value, ScalarStyle.DoubleQuoted, isPlainImplicit: false, isQuotedImplicit: true)
            : new Scalar(value));
    }
}
