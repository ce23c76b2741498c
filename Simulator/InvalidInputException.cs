namespace Lepton.Neuro;

/// <summary>What a user gave cannot be used. The message is one line that names the thing, the value found and what is allowed;
/// the command line prints it as it is and exits with code 2.</summary>
public sealed class InvalidInputException : Exception
{
    /// <summary>An error about a named thing.</summary>
    /// <param name="thing">What is wrong, in the user's words: an option, a file, a parameter of a population.</param>
    /// <param name="found">The value that was found.</param>
    /// <param name="allowed">What would have been accepted.</param>
    public InvalidInputException(string thing, object? found, string allowed)
        : base(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{thing} is {found ?? "missing"}; allowed: {allowed}"))
    {
    }

    /// <summary>An error with a message of its own, which must name the thing, the value and what is allowed.</summary>
    /// <param name="message">The one-line message.</param>
    public InvalidInputException(string message)
        : base(message)
    {
    }

    /// <summary>An error caused by another one.</summary>
    /// <param name="message">The one-line message.</param>
    /// <param name="inner">The cause.</param>
    public InvalidInputException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
