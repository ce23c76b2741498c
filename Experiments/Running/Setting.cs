namespace Lepton.Neuro.Experiments.Running;

/// <summary>Something of an experiment that a user may change with <c>--set key=value</c> or in a configuration file.</summary>
public abstract record Setting
{
    /// <summary>A setting with its key and its meaning.</summary>
    /// <param name="key">Lower-case words joined by hyphens, such as <c>hidden-neurons</c>.</param>
    /// <param name="description">What it does, in one phrase.</param>
    private protected Setting(string key, string description)
    {
        Key = key;
        Description = description;
    }

    /// <summary>What the user types before the equals sign.</summary>
    public string Key { get; }

    /// <summary>What it does, in one phrase.</summary>
    public string Description { get; }

    /// <summary>The unit of the value, or nothing.</summary>
    public virtual string Unit => "";

    /// <summary>The values that are allowed, in words, without the unit.</summary>
    public abstract string Allowed { get; }

    /// <summary>The default as a user would type it.</summary>
    public abstract string DefaultText { get; }

    /// <summary>The default.</summary>
    internal abstract object DefaultValue { get; }

    /// <summary>Reads and checks a value.</summary>
    /// <param name="text">What the user typed.</param>
    /// <returns>The value, of the setting's type.</returns>
    /// <exception cref="InvalidInputException">The text is not a value of this setting.</exception>
    internal abstract object ParseValue(string text);

    /// <summary>Writes a value so that <see cref="ParseValue"/> reads the same value back.</summary>
    /// <param name="value">A value of the setting's type.</param>
    /// <returns>The text.</returns>
    internal abstract string FormatValue(object value);

    /// <summary>The error about a value that cannot be used.</summary>
    /// <param name="text">What the user typed.</param>
    /// <returns>The exception to throw.</returns>
    private protected InvalidInputException Refuse(string text) =>
        new($"Setting {Key}", text.Length == 0 ? "empty" : text.ReplaceLineEndings(" "), Unit.Length == 0 ? Allowed : $"{Allowed} {Unit}");
}

/// <summary>A setting whose value has a type. <c>context.Get(setting)</c> gives the value.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public abstract record Setting<T> : Setting
    where T : notnull
{
    /// <summary>A setting with its default, which must itself be allowed.</summary>
    /// <param name="key">Lower-case words joined by hyphens.</param>
    /// <param name="description">What it does, in one phrase.</param>
    /// <param name="defaultValue">The value when the user gives none.</param>
    private protected Setting(string key, string description, T defaultValue)
        : base(key, description) => Default = defaultValue;

    /// <summary>The value when the user gives none.</summary>
    public T Default { get; }

    /// <inheritdoc/>
    public override string DefaultText => Format(Default);

    /// <inheritdoc/>
    internal override object DefaultValue => Default;

    /// <summary>Reads and checks a value.</summary>
    /// <param name="text">What the user typed.</param>
    /// <returns>The value.</returns>
    /// <exception cref="InvalidInputException">The text is not a value of this setting.</exception>
    public abstract T Parse(string text);

    /// <summary>Writes a value so that <see cref="Parse"/> reads the same value back.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The text.</returns>
    public abstract string Format(T value);

    /// <inheritdoc/>
    internal override object ParseValue(string text) => Parse(text);

    /// <inheritdoc/>
    internal override string FormatValue(object value) => Format((T)value);
}
