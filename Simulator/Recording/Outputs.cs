namespace Lepton.Neuro;

/// <summary>Files that recorders write as a run goes on.</summary>
static class Outputs
{
    public static StreamWriter Open(string path)
    {
        try
        {
            return new StreamWriter(path) { NewLine = "\n" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"the output file '{path}' cannot be written ({e.Message}); allowed: a path in a folder that exists and may be written to", e);
        }
    }
}
