using System.Diagnostics;
using System.Text;
using Lepton.Neuro.Backends;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>How a run that takes long saves itself, and goes on as if nothing had been. An experiment opens its session with <see cref="Load"/>, takes over its own numbers with
/// <see cref="Restore"/>, and calls <see cref="SaveWhenDue(LearningSession, Action{BinaryWriter})"/> wherever it could stop: the session and its numbers lie in one file, which is replaced as a whole.</summary>
public sealed class RunCheckpoint
{
    readonly RunConfiguration configuration;
    readonly CheckpointRequest? request;
    readonly string fallback;
    readonly string temporary;
    byte[] data = [];
    byte[]? state;
    long lastSave = Stopwatch.GetTimestamp();

    internal RunCheckpoint(RunConfiguration configuration, CheckpointRequest? request, string fallback, string temporary)
    {
        this.temporary = temporary;
        this.configuration = configuration;
        this.request = request;
        this.fallback = fallback;
    }

    /// <summary>The file that a cancelled run was saved to; null where it was not.</summary>
    internal string? SavedTo { get; private set; }

    /// <summary>How far a cancelled run had come, in words.</summary>
    internal string Reached { get; private set; } = "";

    /// <summary>Where what saves itself (a training by gradients) goes on from and writes to. Where no checkpoint was asked for that is a file of this run alone, which is kept when the run is cancelled.</summary>
    public string TrainingPath => request?.Path ?? temporary;

    /// <summary>How often it is to be written.</summary>
    public TimeSpan TrainingInterval => request?.Every ?? TimeSpan.MaxValue;

    /// <summary>Says that a training is cancelled, which has saved itself to <see cref="TrainingPath"/>; does nothing where it has not begun.</summary>
    /// <param name="reached">How far it came, in words.</param>
    public void KeepTraining(string reached)
    {
        if (!File.Exists(TrainingPath)) return;
        if (request is null) File.Move(temporary, fallback, overwrite: true);
        (SavedTo, Reached) = (request?.Path ?? fallback, reached);
    }

    /// <summary>A session that learns: the one of the checkpoint where there is one, a new one otherwise.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How to run; it need not be what it was.</param>
    /// <param name="digest">A digest of the data learned from; nothing where there is none.</param>
    /// <returns>The session.</returns>
    /// <exception cref="InvalidInputException">The checkpoint cannot be used: it is damaged, or of another configuration or other data.</exception>
    public LearningSession Load(CompiledNetwork plan, CpuOptions options, byte[]? digest = null)
    {
        data = digest ?? [];
        return request is { } asked && File.Exists(asked.Path) ? Cpu.Resume(plan, asked.Path, options, Check) : Cpu.Load(plan, options);
    }

    /// <summary>Reads what <see cref="Save"/> wrote beside the session; does nothing where the run begins anew.</summary>
    /// <param name="read">Reads.</param>
    public void Restore(Action<BinaryReader> read)
    {
        if (state is null) return;
        using var reader = new BinaryReader(new MemoryStream(state));
        read(reader);
    }

    /// <summary>Saves where checkpoints were asked for and the time has come.</summary>
    /// <param name="session">The session, which stands where the run can go on.</param>
    /// <param name="write">Writes the experiment's own numbers.</param>
    public void SaveWhenDue(LearningSession session, Action<BinaryWriter> write)
    {
        if (request is { } asked && Stopwatch.GetElapsedTime(lastSave) >= asked.Every) Save(session, write);
    }

    /// <summary>Saves where checkpoints were asked for.</summary>
    /// <param name="session">The session, which stands where the run can go on.</param>
    /// <param name="write">Writes the experiment's own numbers.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public void Save(LearningSession session, Action<BinaryWriter> write)
    {
        if (request is { } asked) WriteFile(asked.Path, session, write);
    }

    /// <summary>Saves because the run is cancelled, whether checkpoints were asked for or not.</summary>
    /// <param name="session">The session, which stands where the run can go on.</param>
    /// <param name="write">Writes the experiment's own numbers.</param>
    /// <param name="reached">How far it came, in words.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public void SaveCancelled(LearningSession session, Action<BinaryWriter> write, string reached)
    {
        SavedTo = request?.Path ?? fallback;
        Reached = reached;
        WriteFile(SavedTo, session, write);
    }

    /// <summary>Reads what <see cref="SaveCancelled(Action{BinaryWriter}, string)"/> wrote: what a run has found so far that has no session.</summary>
    /// <param name="read">Reads; not called where the run begins anew.</param>
    /// <exception cref="InvalidInputException">The checkpoint cannot be used.</exception>
    public void RestoreAlone(Action<BinaryReader> read)
    {
        if (request is { } asked && File.Exists(asked.Path))
        {
            using var reader = new CheckpointReader(asked.Path, Digest());
            Check(reader);
        }
        Restore(read);
    }

    /// <summary>Saves numbers alone, where checkpoints were asked for and the time has come.</summary>
    /// <param name="write">Writes them.</param>
    public void SaveWhenDue(Action<BinaryWriter> write)
    {
        if (request is { } asked && Stopwatch.GetElapsedTime(lastSave) >= asked.Every) WriteFile(asked.Path, null, write);
    }

    /// <summary>Saves numbers alone, because the run is cancelled.</summary>
    /// <param name="write">Writes them.</param>
    /// <param name="reached">How far it came, in words.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public void SaveCancelled(Action<BinaryWriter> write, string reached)
    {
        (SavedTo, Reached) = (request?.Path ?? fallback, reached);
        WriteFile(SavedTo, null, write);
    }

    /// <summary>Removes the frame's own file, whose run has succeeded.</summary>
    internal void Complete()
    {
        if (request is { IsAutomatic: true }) File.Delete(request.Path);
        else if (request?.Path == fallback) File.Delete(fallback);
    }

    void WriteFile(string path, LearningSession? session, Action<BinaryWriter> write)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, Encoding.UTF8, leaveOpen: true)) write(writer);
        try
        {
            void Own(CheckpointWriter file)
            {
                file.Write<byte>("run: configuration", Encoding.UTF8.GetBytes(Describe()));
                file.Write<byte>("run: data", data);
                file.Write<byte>("run: state", memory.GetBuffer().AsSpan(0, (int)memory.Length));
            }
            if (session is not null)
            {
                session.Save(path, Own);
            }
            else
            {
                using var writer = new CheckpointWriter(path, Digest());
                Own(writer);
                writer.Commit();
            }
        }
        catch (IOException error)
        {
            throw new InvalidInputException($"the checkpoint '{path}' cannot be written ({error.Message.ReplaceLineEndings(" ")}); allowed: a path on a disk with room", error);
        }
        lastSave = Stopwatch.GetTimestamp();
    }

    // What a checkpoint without a session must be of is said by its own section: a message can name what differs.
    static byte[] Digest() => System.Security.Cryptography.SHA256.HashData("a run without a session"u8);

    void Check(CheckpointReader reader)
    {
        var then = Encoding.UTF8.GetString(reader.Read<byte>("run: configuration")).Split('\n');
        var now = Describe().Split('\n');
        string[] lost = [.. then.Except(now, StringComparer.Ordinal)], gained = [.. now.Except(then, StringComparer.Ordinal)];
        if (lost.Length + gained.Length > 0)
            throw reader.Refused($"is of another run, with {Words(lost)}", $"the same configuration; this run has {Words(gained)}");
        if (!reader.Read<byte>("run: data").AsSpan().SequenceEqual(data)) throw reader.Refused("is of a run on other data", "the same data");
        state = reader.Read<byte>("run: state");
    }

    static string Words(string[] lines) => lines.Length == 0 ? "nothing in its place" : string.Join(", ", lines);

    /// <summary>What decides the results, a line each.</summary>
    string Describe() => string.Join('\n', configuration.Deciding().Select(pair => $"{pair.Key}={pair.Value}"));
}
